"""The fault campaign of `make compare`: the same seeds for the microkernel and for the monolithic build."""

import os
import tempfile

import fault_campaign

KINDS, OUTCOMES, SERVERS = fault_campaign.KINDS, fault_campaign.OUTCOMES, list(fault_campaign.OPERATIONS)
BUDGET = fault_campaign.BUDGET
WHAT = {"flip": "a bit flipped in the server's data", "wild": "a wild write", "null": "a null dereference",
        "lost": "a lost reply", "loop": "an endless loop in an operation"}
MEANING = {"masked": "nobody noticed", "error": "a program saw an error", "came back": "the server died and came back",
           "hung": "hung", "died": "the system died"}


def run(configuration, runs):
    """Fills in the configuration's outcomes: fault -> outcome, of the faults that happened there."""
    image = os.path.join(configuration.folder("debug"), "missive.img")
    with tempfile.TemporaryDirectory(prefix="missive-faults-") as scratch:
        configuration.faults = dict(fault_campaign.campaign(os.path.abspath(image), range(runs), scratch, lambda _: None))
    configuration.fault_command = f"scripts/faults --image {image} --runs 1 --seed"
