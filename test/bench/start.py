"""From the start of the process to the first step, and that nothing of it grows with what is simulated."""
import json
import signal
import subprocess
import time

from bench import DT_MS, EXAMPLES, head, line, run_json

COBA = EXAMPLES / "coba.bd"
ONE_STEP = f"duration={DT_MS} ms"


def wall(command, environment, repeats):
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        subprocess.run([str(word) for word in command], check=True, capture_output=True, env=environment)
        best = min(best, time.perf_counter() - begin)
    return best


def whole(bench):
    """From the start of the process to its end, in seconds of wall time."""
    one_step = ["--no-output", "--quiet", "--set", ONE_STEP]
    cold = run_json([bench.bdc, "run", COBA, "--json", "--no-output", "--no-cache", "--set", ONE_STEP], env=bench.environment)
    return {
        "bdc --version": wall([bench.bdc, "--version"], bench.environment, 10),
        "bdc check coba.bd": wall([bench.bdc, "check", COBA], bench.environment, 10),
        "bdc run coba.bd, one step, compiled anew": wall([bench.bdc, "run", COBA, "--no-cache", *one_step], bench.environment, 5),
        "… of which compilation": cold["compile_s"],
        "bdc run coba.bd, one step, from the cache": wall([bench.bdc, "run", COBA, *one_step], bench.environment, 5),
    }


def apart(bench, model, words, interrupt_s):
    """Seconds of compilation, of building the network, and of all else but the time loop: the start, and the end."""
    command = [str(word) for word in [bench.bdc, "run", model, "--json", *words]]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=bench.environment)
    if interrupt_s:
        time.sleep(interrupt_s)
        process.send_signal(signal.SIGINT)
    result = json.loads(process.communicate()[0])
    seconds = time.perf_counter() - begin
    return result["compile_s"], result["build_s"], seconds - result["compile_s"] - result["build_s"] - result["run_s"]


def growth(bench):
    """The same where there is more of something: (title, compile, build, rest)."""
    recording = bench.work / "coba_all.bd"
    text = COBA.read_text()
    assert "record E.v[0:10] every" in text
    recording.write_text(text.replace("record E.v[0:10] every", "record E.v, I.v every"))
    many, long = ["--set", "N=400000", "--set", "in_degree=1"], ["--set", "duration=1000 h"]
    one, file = ["--set", ONE_STEP], ["-o", bench.work / "start.h5"]
    cases = [
        ("as it is", COBA, [*one, "--no-output"], 0),
        ("N = 400,000 (in_degree = 1)", COBA, [*one, *many, "--no-output"], 0),
        ("duration = 1,000 h", COBA, [*long, "--no-output"], 0.3),
        ("recorded to a file", COBA, [*one, *file], 0),
        ("… v of all neurons", recording, [*one, *file], 0),
        ("… and N = 400,000 (in_degree = 1)", recording, [*one, *many, *file], 0),
    ]
    rows = []
    for title, model, words, interrupt_s in cases:
        cold = [apart(bench, model, [*words, "--no-cache"], interrupt_s) for _ in range(bench.repeats)]
        warm = [apart(bench, model, words, interrupt_s) for _ in range(bench.repeats + 1)]
        rows.append({"what": title, "compile_s": min(run[0] for run in cold), "cached_s": min(run[0] for run in warm),
                     "build_s": min(run[1] for run in warm), "rest_s": min(run[2] for run in warm)})
    return rows


def measure(bench, arguments):
    head(["start", "ms"])
    start = whole(bench)
    for what, seconds in start.items():
        print(line([what, f"{seconds * 1000:.1f}"]), flush=True)
    print(flush=True)
    head(["coba.bd", "compilation, ms", "from the cache, ms", "building the network, ms", "all else but the time loop, ms"])
    rows = growth(bench)
    for row in rows:
        print(line([row["what"], *(f"{row[key] * 1000:.1f}" for key in ("compile_s", "cached_s", "build_s", "rest_s"))]), flush=True)
    print(flush=True)
    return {"whole_s": start, "growth": rows}
