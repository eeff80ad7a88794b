#!/bin/bash
#
# Classifies the frames of an archive as a Slurm array, and merges the rows.
#
#     submit.sh FRAMES OUT [--frames-per-task 500] [--at-once 16]
#               [options of sbatch...] [-- options of spit run...]
#
# FRAMES  a folder, which is searched with its subfolders, or @LIST, a file of paths of
#         frames, one per line, each optionally followed by a tab and the size in bytes.
# OUT     a folder that all nodes share, for the list, logs, rows and verdicts.ndjson.
#
# Options of sbatch such as --partition=NAME apply to the array and to the merge. SPIT is
# the command to run, in the syntax of a shell; the default is the cli.ts of this checkout.
# Prints the id of the merge job, which fails if a frame has no row. The same command
# again classifies the frames that have no row.
set -euo pipefail

# The default of MaxArraySize is 1001.
max_tasks=1000
frames_per_task=500
at_once=16
here=$(dirname "$(realpath "$0")")

list=

fail() {
  [[ -z $list ]] || rm -f "$list"
  echo "submit.sh: $*" >&2
  exit 2
}

# Lists the input once, to spare the file server a million requests from each task. The C
# locale accepts file names in any encoding.
list_folder() {
  local folder=$1 broken=$2.broken
  LC_ALL=C find -L "$folder" -mindepth 1 -name '.*' -prune -o ! -type d \
    -regextype posix-extended \
    -iregex '.*\.(fits|fit|fts)(\.(gz|bz2|fz|zst|z)){0,2}' \
    \( -path $'*[\n\t]*' -fprintf "$broken" '%p\n' -o -printf '%p\t%s\n' \) \
    > "$2" || fail "cannot list all files in $folder; see above"
  if [[ -s $broken ]]; then
    fail "a list cannot contain names with a tab or a line break; see $broken"
  fi
  rm -f "$broken"
}

# Makes paths absolute: the tasks run in another folder. Blanks before a path with a size
# are part of it. awk would expand backslashes in a variable, and take a file name with =
# for an assignment.
copy_list() {
  HERE=$PWD/ LC_ALL=C awk '
    /^[ \t]*#/ { next }
    !/\t[0-9]+\r?$/ { sub(/^[ \t]+/, ""); sub(/[ \t\r]+$/, "") }
    $0 == "" { next }
    { print tolower($0) ~ /^(\/|https?:\/\/)/ ? $0 : ENVIRON["HERE"] $0 }
    ' < "$1" > "$2" || fail "cannot read the list $1"
}

[[ $# -ge 2 ]] || fail "usage: submit.sh FRAMES OUT [options]; see the comment at its start"
frames=$1
out=$2
shift 2

sbatch_options=()
while [[ $# -gt 0 && $1 != -- ]]; do
  case $1 in
    --frames-per-task | --at-once)
      [[ $# -ge 2 ]] || fail "$1 requires a number"
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
  [[ $number =~ ^[1-9][0-9]{0,8}$ ]] || fail "$number is not a positive whole number"
done

mkdir -p "$out/log"
out=$(realpath "$out")
if [[ -n ${SPIT:-} ]]; then
  eval "spit=($SPIT)"
else
  deno=$(type -P deno) || fail "deno is not installed; set SPIT to another command"
  spit=("$deno" run --no-prompt --allow-read "--allow-write=$out" --allow-ffi
    --allow-env=ORT_DISABLE_TELEMETRY "$(realpath "$here/../../cli.ts")")
fi
"${spit[@]}" --version > /dev/null || fail "cannot run ${spit[*]}"

list=$(mktemp "$out/frames-XXXXXX")
case $frames in
  @*) copy_list "${frames#@}" "$list" ;;
  *)
    [[ -d $frames ]] || fail "no such folder: $frames; to use a list, write @$frames"
    list_folder "$(realpath "$frames")" "$list"
    ;;
esac
chmod a+r "$list"
count=$(wc -l < "$list")
[[ $count -gt 0 ]] || fail "no frames in $frames"

tasks=$(((count + frames_per_task - 1) / frames_per_task))
((tasks <= max_tasks)) || tasks=$max_tasks

# Sets the folder with --chdir, because sbatch expands % in the path of a log.
array=$(sbatch --parsable "${sbatch_options[@]}" --chdir="$out/log" \
  --output=%A_%a.log --array="0-$((tasks - 1))%$at_once" \
  "$here/spit.sbatch" "$tasks" \
  "${spit[@]}" run "@$list" --out "$out" "${run_options[@]}")
# In a federation of clusters, sbatch prints ID;CLUSTER.
array=${array%%;*}
merge=$(sbatch --parsable "${sbatch_options[@]}" --chdir="$out/log" \
  --output=%j-merge.log --dependency="afterany:$array" \
  "$here/merge.sbatch" \
  "${spit[@]}" merge "$out" -o "$out/verdicts.ndjson" --missing "$out/missing.txt")

echo "$count frames, $tasks tasks: array $array, then merge ${merge%%;*}" >&2
echo "${merge%%;*}"
