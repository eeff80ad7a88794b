#!/bin/bash
#
# Slurm on this machine, from nothing: a controller, two nodes of two slots, made-up
# nights, submit.sh. Then a task is killed, a node crashes, and another is taken
# for dead while its tasks still run. Checks that no row is lost and none is twice.
#
#     rehearsal.sh [COPIES]
#
# COPIES of 360 frames, by hard links; 10 without it. Takes some two minutes. Needs
# Debian's slurm-wlm and munge, and Deno.
set -euo pipefail

copies=${1:-10}
at_once=4
here=$(dirname "$(realpath "$0")")
unset SPIT
PATH=$PATH:/usr/sbin:/sbin
work=
# shellcheck source-path=SCRIPTDIR source=rehearsal_cluster.sh
. "$here/rehearsal_cluster.sh"

fail() {
  echo "rehearsal.sh: $*" >&2
  exit 1
}

need slurmctld slurmd sbatch munged deno
work=$(mktemp -d)
trap 'tidy_up' EXIT
trap 'exit 130' INT TERM
spit=(deno run --no-prompt --allow-read "--allow-write=$work" --allow-ffi
  --allow-env=ORT_DISABLE_TELEMETRY "$here/../../cli.ts")

make_nights() {
  local night copy
  for night in 1 2 3 4; do
    "${spit[@]}" simulate "$work/plain/night $night" --seed "$night" --count 90 \
      --lying 0.1 --quiet
  done
  mkdir "$work/frames"
  for ((copy = 1; copy <= copies; copy++)); do
    cp -al "$work/plain" "$work/frames/run $copy"
  done
}

# A task is mid-way when its journal has rows: 2 says so of 3/15 as of the second.
rows_of_journal() {
  cat "$out"/.*."$1of$tasks".*.rows 2> /dev/null | wc -l
}

# Waits for a task of a node that has rows, and lacks some; says its process and its shard.
find_midway() {
  local node=$1 spit_pid shard
  for ((look = 0; look < 600; look++)); do
    for spit_pid in $(spit_pids "$node"); do
      shard=$(shard_of "$spit_pid") || continue
      if (($(rows_of_journal "$shard") > 0)) && kill -STOP "$spit_pid" 2> /dev/null; then
        # It stands now: is it still mid-way?
        if (($(rows_of_journal "$shard") > 0)); then
          echo "$spit_pid $shard"
          return
        fi
        kill -CONT "$spit_pid"
      fi
    done
    sleep 0.1
  done
  fail "no task on $node was caught mid-way; try more COPIES"
}

start_cluster
echo "made-up nights ..." >&2
make_nights
frames=$(find "$work/frames" -name '*.fits' | wc -l)
out="$work/rows out"
merge=$("$here/submit.sh" "$work/frames" "$out" --frames-per-task 200 \
  --at-once "$at_once" --cpus-per-task=1 --mem=1G)
tasks=$(((frames + 199) / 200))

# A task is killed.
caught=$(find_midway node1)
read -r pid shard <<< "$caught"
kill -9 "$pid"
echo "kill -9 of task $shard, after $(rows_of_journal "$shard") rows" >&2

# Node 2 is taken for dead, but its task is only slow: it stands still meanwhile.
caught=$(find_midway node2)
read -r slow_pid slow_shard <<< "$caught"
slow_rows=$(rows_of_journal "$slow_shard")
crash_daemon node2
echo "kill -9 of node2's daemon; task $slow_shard stands still, after $slow_rows rows" >&2

# Node 1 crashes, with all that runs on it.
caught=$(find_midway node1)
read -r pid shard <<< "$caught"
crash_node node1
echo "node1 crashes; task $shard after $(rows_of_journal "$shard") rows" >&2
wait_for_state node1 down
wait_for_state node2 down

# The slow task wakes when its second is at the same share.
start_node node1
second=$(find_second "$slow_shard" "$slow_pid")
kill -CONT "$slow_pid"
echo "task $slow_shard runs twice, as $slow_pid and $second" >&2
wait_for_end "$slow_pid"
start_node node2

wait_for_jobs
requeues=$(requeues)
state=$(scontrol show job "$merge" | grep -o 'JobState=[A-Z_]*')
cat "$out/log/$merge-merge.log" >&2

# What one process says of the same frames, in the same order; rows have size and time behind.
find "$work/frames" -name '*.fits' | LC_ALL=C sort > "$work/list"
"${spit[@]}" "@$work/list" --format ndjson --quiet > "$work/expected"
sed -E 's/,"size":[0-9]+,"modified":"[^"]*"\}$/}/' "$out/verdicts.ndjson" > "$work/got"
grep -o '^{"file":"[^"]*"' "$work/got" | cut -d'"' -f4 > "$work/paths"
lost=$(LC_ALL=C sort -u "$work/paths" | LC_ALL=C comm -23 "$work/list" - | wc -l)
twice=$(LC_ALL=C sort "$work/paths" | uniq -d | wc -l)
other=$(diff "$work/expected" "$work/got" | grep -c '^>' || true)
left=$(find "$out" -name '.*.rows' -o -name '.*.tmp' | wc -l)

echo "frames $frames, tasks $tasks, rows $(wc -l < "$work/got"), merge ${state#*=}"
echo "killed: 1 task, 1 daemon, 1 node; requeues $requeues"
echo "rows lost $lost, rows twice $twice, rows other than one process gives $other"
echo "journals and hidden files left $left"
((requeues >= 3)) || fail "each of the three faults was to requeue a task"
[[ $lost$twice$other == 000 && $state == JobState=COMPLETED ]] || fail "NOT as it should be"
