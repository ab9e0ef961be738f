# What runs while a fault happens: every server has work. What it prints is compared with the run without a fault, and
# so is what it leaves behind.
mkdir -p /tmp/w/a/b && cd /tmp/w || exit 1
seq 1 400 >numbers; sort -r numbers | head -n 3; grep 7 numbers | wc -l
cp numbers a/copy; mv a/copy a/b/moved; ln a/b/moved linked; ln -s numbers symbolic; tail -n 2 symbolic
mkfifo fifo; (echo through >fifo) & cat fifo; wait
for i in 1 2 3 4 5 6; do (echo "$i" | cat | tee "part$i" | tail -n 1); done
cat part* | sort -n | uniq | wc -c
sh -c 'exit 7'; echo $?; sh -c 'kill -TERM $$'; echo $?
sleep 0.02; yes | head -n 2000 | wc -l
seq 1 3000 | sort | tail -n 1
rm part3; test -e part3; echo $?; touch -- new; cat nothing 2>/dev/null; echo $?
