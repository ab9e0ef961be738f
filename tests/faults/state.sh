# What is left when the workload is over, by a system that may have been hurt.
cd /tmp/w && ls -lR .; cat numbers linked part* | sort -n | tail -n 900 | wc; grep -c . /proc/self/status; ps | wc -l
echo drop >/proc/missive; head -n 5 /proc/missive
