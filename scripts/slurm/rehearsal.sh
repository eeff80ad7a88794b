#!/bin/bash
#
# Starts a Slurm cluster on this machine (a controller and two nodes of two slots) and
# submits simulated nights with submit.sh. A task is killed, a node crashes, and another
# node is declared dead while its task still runs. Checks that no row is lost or doubled.
#
#     rehearsal.sh [COPIES]
#
# COPIES (default: 10) is the number of hard-linked copies of 360 frames. It takes about
# two minutes, and requires Debian's slurm-wlm and munge, and Deno.
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

require slurmctld slurmd sbatch munged deno
work=$(mktemp -d)
trap 'clean_up' EXIT
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

# Counts the rows in the journals of a shard, given by its index.
count_journal_rows() {
  cat "$out"/.*."$1of$tasks".*.rows 2> /dev/null | wc -l
}

# Waits for a task on a node that has written some rows, and stops it. Prints its process
# and its shard.
stop_midway() {
  local node=$1 spit_pid shard
  for ((look = 0; look < 600; look++)); do
    for spit_pid in $(list_spit_pids "$node"); do
      shard=$(read_shard "$spit_pid") || continue
      if (($(count_journal_rows "$shard") > 0)) && kill -STOP "$spit_pid" 2> /dev/null; then
        # It may have finished the part before it was stopped.
        if (($(count_journal_rows "$shard") > 0)); then
          echo "$spit_pid $shard"
          return
        fi
        kill -CONT "$spit_pid"
      fi
    done
    sleep 0.1
  done
  fail "no task on $node was stopped midway; try more COPIES"
}

start_cluster
echo "simulating nights ..." >&2
make_nights
frames=$(find "$work/frames" -name '*.fits' | wc -l)
out="$work/rows out"
merge=$("$here/submit.sh" "$work/frames" "$out" --frames-per-task 200 \
  --at-once "$at_once" --cpus-per-task=1 --mem=1G)
tasks=$(((frames + 199) / 200))

# Kills a task.
caught=$(stop_midway node1)
read -r pid shard <<< "$caught"
kill -9 "$pid"
echo "kill -9 of task $shard, after $(count_journal_rows "$shard") rows" >&2

# Node 2 is declared dead because its daemon is killed, but its task is only stopped.
caught=$(stop_midway node2)
read -r slow_pid slow_shard <<< "$caught"
slow_rows=$(count_journal_rows "$slow_shard")
crash_daemon node2
echo "kill -9 of node2's daemon; task $slow_shard is stopped after $slow_rows rows" >&2

# Node 1 crashes with all its processes.
caught=$(stop_midway node1)
read -r pid shard <<< "$caught"
crash_node node1
echo "node1 crashes; task $shard after $(count_journal_rows "$shard") rows" >&2
wait_for_state node1 down
wait_for_state node2 down

# The stopped task continues when a second one works on the same shard.
slurmd -N node1
second=$(wait_for_second "$slow_shard" "$slow_pid")
kill -CONT "$slow_pid"
echo "task $slow_shard runs twice, as $slow_pid and $second" >&2
while kill -0 "$slow_pid" 2> /dev/null; do sleep 0.2; done
slurmd -N node2

wait_for_jobs
requeues=$(scontrol show job | grep -o 'Restarts=[0-9]*' |
  awk -F= '{ sum += $2 } END { print sum + 0 }')
state=$(scontrol show job "$merge" | grep -o 'JobState=[A-Z_]*')
cat "$out/log/$merge-merge.log" >&2

# Compares with the rows of a single process.
find "$work/frames" -name '*.fits' | LC_ALL=C sort > "$work/list"
"${spit[@]}" run "@$work/list" --out "$work/single" --quiet
"${spit[@]}" merge "$work/single" --quiet > "$work/expected"
cp "$out/verdicts.ndjson" "$work/got"
grep -o '^{"file":"[^"]*"' "$work/got" | cut -d'"' -f4 > "$work/paths"
lost=$(LC_ALL=C sort -u "$work/paths" | LC_ALL=C comm -23 "$work/list" - | wc -l)
doubled=$(LC_ALL=C sort "$work/paths" | uniq -d | wc -l)
different=$(diff "$work/expected" "$work/got" | grep -c '^>' || true)
left=$(find "$out" -name '.*.rows' -o -name '.*.part' | wc -l)

echo "frames $frames, tasks $tasks, rows $(wc -l < "$work/got"), merge ${state#*=}"
echo "killed: 1 task, 1 daemon, 1 node; requeues $requeues"
echo "rows lost $lost, doubled $doubled, different from those of one process $different"
echo "journals and temporary files left $left"
((requeues >= 3)) || fail "each of the three faults must requeue a task"
[[ $lost$doubled$different == 000 && $state == JobState=COMPLETED ]] || fail "FAILED"
