# Sourced by tools/bdc, tools/test and tools/bench: installs what is missing, configures and builds, and does nothing at all
# where nothing changed. What it says goes to standard error, so that a program's standard output stays its own.
#
#   setup_program TARGET…   everything up to date, with these build targets
# Sets: root (of the clone), build (the build folder).

root=${BASH_SOURCE[0]%/*}/..
[[ $root == /* ]] || root=$PWD/$root
root=$(cd -P "$root" && pwd)
build=${BDC_BUILD_DIR:-$root/build/release}

setup_say() { printf 'bdc set-up: %s\n' "$*" >&2; }
setup_fail() { setup_say "$@"; exit 3; }

# Names in packages.txt that dpkg does not know as installed.
setup_missing_packages() {
  local wanted name status
  mapfile -t wanted < <(grep -Ev '^[[:space:]]*(#|$)' "$root/tools/packages.txt")
  declare -A installed
  while read -r name status; do
    [[ $status == "install ok installed" ]] && installed[$name]=1
  done < <(dpkg-query -W -f '${Package} ${Status}\n' "${wanted[@]}" 2>/dev/null)
  for name in "${wanted[@]}"; do
    [[ ${installed[$name]:-} ]] || printf '%s\n' "$name"
  done
}

# Runs a long command quietly: its output goes to a log that is shown (its end) when it fails. On a terminal one line shows
# the newest count that ninja printed.
setup_quietly() {
  local what=$1 log=$2 line pid
  shift 2
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
  if [[ -t 2 ]]; then
    while kill -0 "$pid" 2>/dev/null; do
      line=$(tail -n 1 "$log" 2>/dev/null | grep -Eo '^\[[0-9]+/[0-9]+\]' || true)
      printf '\r\033[Kbdc set-up: %s %s' "$what" "$line" >&2
      sleep 0.5
    done
    printf '\r\033[K' >&2
  else
    setup_say "$what (log: $log)"
  fi
  if ! wait "$pid"; then
    trap - INT TERM
    tail -n 40 "$log" >&2
    setup_fail "$what failed; the whole log is $log"
  fi
  trap - INT TERM
}

setup_packages() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    setup_fail "needs Debian 12 (no apt-get here). These of its packages, or the like, must be installed:" \
      $(grep -Ev '^[[:space:]]*(#|$)' "$root/tools/packages.txt")
  local missing as_root=()
  mapfile -t missing < <(setup_missing_packages)
  ((${#missing[@]})) || return 0
  setup_say "these Debian packages are needed and not installed (${#missing[@]}): ${missing[*]}"
  if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null ||
      setup_fail "is not run by root and finds no sudo; let an administrator run: apt-get install ${missing[*]}"
    as_root=(sudo)
    [[ -t 0 ]] || as_root=(sudo -n)
    "${as_root[@]}" true ||
      setup_fail "may not use sudo; let an administrator run: apt-get install ${missing[*]}"
  fi
  setup_quietly "updating the list of packages" "$build/apt.log" "${as_root[@]}" apt-get update
  # Not through a pipe to grep -q: it ends at the first match, and apt-cache's broken pipe would count as a failure.
  local unknown=() name policy
  for name in "${missing[@]}"; do
    policy=$(LC_ALL=C apt-cache policy "$name")
    [[ $policy == *"Candidate: "[!\(]* ]] || unknown+=("$name")
  done
  ((${#unknown[@]} == 0)) ||
    setup_fail "does not find these packages: ${unknown[*]}. Debian 12 (bookworm) has them, LLVM 22 among its security" \
      "updates: is bookworm-security in /etc/apt/sources.list?"
  setup_quietly "installing packages" "$build/apt.log" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
}

# A folder configured for another place or by a broken attempt cannot be used again.
setup_configure() {
  local cache=$build/CMakeCache.txt
  if [[ -f $cache ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
    setup_say "$build belongs to another folder of sources; starting afresh"
    find "$build" -mindepth 1 -maxdepth 1 ! -name '*.log' ! -name .lock -exec rm -rf {} +
  fi
  [[ -f $build/build.ninja ]] ||
    setup_quietly "configuring" "$build/configure.log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
      -DBDC_STATIC_LLVM=ON
}

# As many compilers as there are cores, and memory for 1.5 GiB each.
setup_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1572864) }' /proc/meminfo)
  ((memory < 1)) && memory=1
  echo $((cores < memory ? cores : memory))
}

# The folders that the programs are made of; documents, tests and scripts are not.
setup_sources=(CMakeLists.txt kernels dialects frontend runtime compiler tools/src tools/packages.txt)

# Whether something that the targets are made of is newer than the last build.
setup_is_current() {
  local stamp=$1
  [[ -f $stamp ]] || return 1
  local newer
  newer=$(cd "$root" && find "${@:2}" -newer "$stamp" -print -quit) && [[ -z $newer ]]
}

setup_program() {
  local stamp=$build/.built-${1//\//-} sources=("${setup_sources[@]}")
  [[ $1 == all ]] && sources+=(test docs)
  setup_is_current "$stamp" "${sources[@]}" && return 0
  mkdir -p "$build" || setup_fail "cannot write to $build"
  exec {setup_lock}>"$build/.lock"
  flock "$setup_lock"
  if ! setup_is_current "$stamp" "${sources[@]}"; then # another call may have done it while this one waited
    : >"$stamp.begun"
    setup_packages
    setup_configure
    setup_quietly "building" "$build/build.log" ninja -C "$build" -j "$(setup_jobs)" "$@"
    mv "$stamp.begun" "$stamp"
  fi
  exec {setup_lock}>&-
}
