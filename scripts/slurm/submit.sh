#!/bin/bash
#
# Types the frames of an archive as a Slurm array, then merges the rows.
#
#     submit.sh FRAMES OUT [--frames-per-task 500] [--at-once 16]
#               [options of sbatch...] [-- options of spit run...]
#
# FRAMES  a folder, searched with all below it, or @LIST, a file of paths of frames,
#         one a line, each with a tab and its size in bytes if that is known.
# OUT     folder that all nodes see: the list, logs, rows, and verdicts.ndjson.
#
# Options of sbatch, as --partition=NAME, hold for the array and for the merge.
# SPIT names the command, as a shell reads it; without it that of this checkout is
# taken. Prints the number of the merge job, which fails when a frame has no row.
# The same again goes on where it ended.
set -euo pipefail

# Sites ask for no more; MaxArraySize is 1001 unless set.
most_tasks=1000
frames_per_task=500
at_once=16
here=$(dirname "$(realpath "$0")")

list=

fail() {
  [[ -z $list ]] || rm -f "$list"
  echo "submit.sh: $*" >&2
  exit 2
}

# Lists the input once: a million looks by each of many tasks would kill a file server.
# Bytes, not letters, since old archives have names in other alphabets.
list_folder() {
  local folder=$1 broken=$2.broken
  LC_ALL=C find -L "$folder" -mindepth 1 -name '.*' -prune -o ! -type d \
    -regextype posix-extended \
    -iregex '.*\.(fits|fit|fts)(\.(gz|bz2|fz)){0,2}' \
    \( -path $'*[\n\t]*' -fprintf "$broken" '%p\n' -o -printf '%p\t%s\n' \) \
    > "$2" || fail "cannot list all of $folder: see above"
  if [[ -s $broken ]]; then
    fail "a list cannot hold names with a tab or a line break: see $broken"
  fi
  rm -f "$broken"
}

# Paths in a list are relative to the folder that it is used in: the tasks' is another.
copy_list() {
  LC_ALL=C awk -v here="$PWD/" '
    { sub(/^[[:space:]]+/, "") }
    /^(#|$)/ { next }
    { print /^(\/|https?:\/\/)/ ? $0 : here $0 }' "$1" > "$2" ||
    fail "cannot read the list $1"
}

[[ $# -ge 2 ]] || fail "usage: submit.sh FRAMES OUT [options]; see its first lines"
frames=$1
out=$2
shift 2

sbatch_options=()
while [[ $# -gt 0 && $1 != -- ]]; do
  case $1 in
    --frames-per-task | --at-once)
      [[ $# -ge 2 ]] || fail "$1 takes a number"
      set -- "$1=$2" "${@:3}"
      ;;
    --frames-per-task=*) frames_per_task=${1#*=} && shift ;;
    --at-once=*) at_once=${1#*=} && shift ;;
    *) sbatch_options+=("$1") && shift ;;
  esac
done
[[ $# -eq 0 ]] || shift
run_options=("$@")
for number in "$frames_per_task" "$at_once"; do
  [[ $number =~ ^[1-9][0-9]{0,8}$ ]] || fail "$number is no number above 0"
done

mkdir -p "$out/log"
out=$(realpath "$out")
if [[ -n ${SPIT:-} ]]; then
  eval "spit=($SPIT)"
else
  deno=$(type -P deno) || fail "there is no deno: SPIT names another command"
  spit=("$deno" run --no-prompt --allow-read "--allow-write=$out" --allow-ffi
    --allow-env=ORT_DISABLE_TELEMETRY "$(realpath "$here/../../cli.ts")")
fi
"${spit[@]}" --version > /dev/null || fail "SPIT does not run: ${spit[*]}"

list=$(mktemp "$out/frames-XXXXXX")
case $frames in
  @*) copy_list "${frames#@}" "$list" ;;
  *)
    [[ -d $frames ]] || fail "no such folder: $frames; a list is named @$frames"
    list_folder "$(realpath "$frames")" "$list"
    ;;
esac
chmod a+r "$list"
count=$(wc -l < "$list")
[[ $count -gt 0 ]] || fail "no frames in $frames"

tasks=$(((count + frames_per_task - 1) / frames_per_task))
((tasks <= most_tasks)) || tasks=$most_tasks

# Logs by --chdir, since sbatch reads % in the path of a log as a pattern.
array=$(sbatch --parsable "${sbatch_options[@]}" --chdir="$out/log" \
  --output=%A_%a.log --array="0-$((tasks - 1))%$at_once" \
  "$here/spit.sbatch" "$tasks" \
  "${spit[@]}" run "@$list" --out "$out" "${run_options[@]}")
# With a federation of clusters, sbatch says ID;CLUSTER.
array=${array%%;*}
merge=$(sbatch --parsable "${sbatch_options[@]}" --chdir="$out/log" \
  --output=%j-merge.log --dependency="afterany:$array" \
  "$here/merge.sbatch" \
  "${spit[@]}" merge "$out" -o "$out/verdicts.ndjson" --missing "$out/missing.txt")

echo "$count frames, $tasks tasks: array $array, then merge ${merge%%;*}" >&2
echo "${merge%%;*}"
