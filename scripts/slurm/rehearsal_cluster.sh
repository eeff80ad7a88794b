# shellcheck shell=bash disable=SC2154
#
# Functions that start and stop a Slurm cluster on this machine for rehearsal.sh. All
# files are in the folder $work. Processes are killed by their process ids only.

require() {
  local missing=() command
  for command in "$@"; do
    [[ -n $(type -P "$command") ]] || missing+=("$command")
  done
  [[ ${#missing[@]} -eq 0 ]] || fail "missing: ${missing[*]} (apt-get install slurm-wlm munge)"
}

start_cluster() {
  local user host
  user=$(id -un)
  host=$(hostname -s)
  mkdir "$work/munge" "$work/state" "$work/log"
  # munged refuses folders that others can write to.
  chmod 711 "$work" "$work/munge"
  (umask 277 && head -c 1024 /dev/urandom > "$work/munge/key")
  munged --key-file="$work/munge/key" --socket="$work/munge/socket" \
    --pid-file="$work/munge/pid" --log-file="$work/munge/log" \
    --seed-file="$work/munge/seed"
  export SLURM_CONF=$work/slurm.conf
  # Containers may lack cgroups. A requeued task waits for cred_expire, and a node is
  # down after SlurmdTimeout; the defaults are minutes.
  cat > "$SLURM_CONF" << END
ClusterName=rehearsal
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket,cred_expire=5
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool-%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
SlurmctldLogFile=$work/log/slurmctld
SlurmdLogFile=$work/log/slurmd-%n
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdTimeout=5
SlurmdParameters=config_overrides
KillWait=5
ReturnToService=2
NodeName=node1 NodeHostname=$host NodeAddr=127.0.0.1 Port=16818 CPUs=2 RealMemory=4096
NodeName=node2 NodeHostname=$host NodeAddr=127.0.0.1 Port=16819 CPUs=2 RealMemory=4096
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
  slurmctld
  slurmd -N node1
  slurmd -N node2
  wait_for_state node1 idle
  wait_for_state node2 idle
}

# Prints the batch scripts of a node, which lead the process groups of their tasks.
list_script_pids() {
  pgrep -f "$work/spool-$1/job[0-9]+/slurm_script" || true
}

list_spit_pids() {
  local script
  for script in $(list_script_pids "$1"); do pgrep -P "$script" || true; done
}

# Prints the shard index of a process: 3 for --shard 3/15.
read_shard() {
  tr '\0' '\n' 2> /dev/null < "/proc/$1/cmdline" |
    sed -n '/^--shard$/{n;s/\/.*//p}' | grep .
}

# Waits for a process that works on a shard, other than the given one, and prints it.
wait_for_second() {
  local look node pid
  for ((look = 0; look < 600; look++)); do
    for node in node1 node2; do
      for pid in $(list_spit_pids "$node"); do
        [[ $pid != "$2" && $(read_shard "$pid") == "$1" ]] && echo "$pid" && return
      done
    done
    sleep 0.1
  done
  fail "task $1 did not start again"
}

crash_daemon() {
  kill -9 "$(cat "$work/slurmd-$1.pid")"
}

# Kills the daemon first, so that nothing can notify the controller, as in a power failure.
crash_node() {
  local scripts script
  crash_daemon "$1"
  scripts=$(list_script_pids "$1")
  for script in $scripts; do
    kill -9 "$(ps -o ppid= -p "$script" | tr -d ' ')" || true
  done
  for script in $scripts; do kill -9 -- "-$script" || true; done
}

wait_for_state() {
  local look
  for ((look = 0; look < 240; look++)); do
    [[ $(sinfo --noheader --nodes="$1" --format=%t) == "$2"* ]] && return
    sleep 0.5
  done
  fail "$1 is not $2 after two minutes: see $work/log"
}

wait_for_jobs() {
  local look
  for ((look = 0; look < 600; look++)); do
    [[ -n $(squeue --noheader) ]] || return 0
    sleep 0.5
  done
  fail "jobs did not end in five minutes: $(squeue)"
}

clean_up() {
  local status=$? node file script
  set +e
  scancel --user="$(id -un)" 2> /dev/null
  for node in node1 node2; do
    for script in $(list_script_pids "$node"); do kill -9 -- "-$script"; done
  done
  for file in "$work"/slurmd-*.pid "$work/slurmctld.pid" "$work/munge/pid"; do
    [[ ! -s $file ]] || kill "$(cat "$file")" 2> /dev/null
  done
  sleep 1
  if ((status == 0)); then rm -rf "$work"; else echo "files are kept in $work" >&2; fi
  exit "$status"
}
