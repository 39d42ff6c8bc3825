"""What the gradient of a whole run costs beside the run."""
import re
import subprocess

from bench import HERE, head, line, run_json

MODEL = HERE / "models" / "gradient.bd"
FUNCTIONAL_CONNECTIVITY = "summarise fc = correlation(area.x every 10 ms)"


def forwards(bench, model, *words):
    """Seconds of the time loop alone, with the same functional connectivity as a summary."""
    text = re.sub(r"^  (minimise|fit) .*\n", "", model.read_text(), flags=re.M).replace("  simulate", f"  {FUNCTIONAL_CONNECTIVITY}\n  simulate")
    plain = bench.work / f"{model.stem}_plain.bd"
    plain.write_text(text)
    return min(run_json([bench.bdc, "run", plain, "--json", "--no-output", *words], env=bench.environment)["run_s"] for _ in range(bench.repeats))


def both(bench, model, *words):
    """Seconds forwards and backwards, of compilation, and what was chosen."""
    best = None
    for _ in range(bench.repeats):
        out = subprocess.run([str(w) for w in [bench.bdc, "grad", model, *words]], check=True, capture_output=True, text=True, env=bench.environment).stdout
        numbers = re.search(r"forwards in ([\d.]+) (m?s), backwards in ([\d.]+) (m?s)", out).groups()
        seconds = sum(float(n) * (1e-3 if unit == "ms" else 1) for n, unit in zip(numbers[::2], numbers[1::2]))
        memory = re.search(r"in ([\d.]+ [KMG]iB)", out).group(1)
        best = min(best or (seconds, memory), (seconds, memory))
    return best


def starts(bench, threads):
    """Seconds of one gradient where sixteen starts of a fit go side by side."""
    many = bench.work / "gradient_starts.bd"
    many.write_text(MODEL.read_text().replace("steps = 1\n", "steps = 2, starts = 16\n"))
    runs = [run_json([bench.bdc, "run", many, "--json", "--no-output", "--threads", threads], env=bench.environment) for _ in range(bench.repeats)]
    return min(run["run_s"] / run["fit"]["evaluations"] for run in runs)


def along(bench, model, *words):
    """Seconds of the time loop with tangents along one direction."""
    return min(run_json([bench.bdc, "grad", model, "--json", "--along", "G=1", "--along", "area.a=1", *words], env=bench.environment)["run_s"]
               for _ in range(bench.repeats))


def hessian(bench, model, *words):
    """Seconds forwards and backwards of the Hessian times one direction."""
    runs = [run_json([bench.bdc, "grad", model, "--json", "--hessian", "G=1", "--hessian", "area.a=1", *words], env=bench.environment)
            for _ in range(bench.repeats)]
    return min(run["forward_s"] + run["backward_s"] for run in runs)


def measure(bench, arguments):
    results = []
    without = bench.work / "gradient_without_delays.bd"
    without.write_text(MODEL.read_text().replace(", delay = SC.lengths / 10 mm/ms", ""))
    head(["84 Hopf nodes, 10,000 steps, FC objective, by one number and one of each node", "forwards, ms", "with the gradient, ms", "ratio",
          "us / step", "memory"])
    for title, model in [("delays", MODEL), ("no delays", without)]:
        plains = {precision: forwards(bench, model, "--precision", precision) for precision in ("f64", "f32")}
        for what, precision, words in [("all on tape", "f64", []), ("50 checkpoints", "f64", ["--checkpoints", 50]), ("f32, all on tape", "f32", [])]:
            plain = plains[precision]
            seconds, memory = both(bench, model, "--precision", precision, *words)
            results.append({"model": title, "what": what, "forwards_s": plain, "both_s": seconds})
            cells = [f"{title}, {what}", f"{1e3 * plain:.1f}", f"{1e3 * seconds:.1f}", f"{seconds / plain:.2f}", f"{1e6 * seconds / 10000:.1f}", memory]
            print(line(cells), flush=True)
    for threads in arguments.threads:
        seconds = starts(bench, threads)
        results.append({"model": "delays", "what": f"16 starts, {threads} threads", "both_s": seconds})
        print(line([f"delays, one of 16 starts, {threads} thread{'s' * (threads > 1)}", "", f"{1e3 * seconds:.1f}", "", f"{1e6 * seconds / 10000:.1f}", ""]), flush=True)
    head(["forward mode, along one direction of all 85 numbers", "forwards, ms", "with tangents, ms", "ratio", "us / step"])
    for title, model in [("delays", MODEL), ("no delays", without)]:
        for what, words in [("f64", []), ("f32", ["--precision", "f32"])]:
            plain, seconds = forwards(bench, model, *words), along(bench, model, *words)
            results.append({"model": title, "what": f"forward mode, {what}", "forwards_s": plain, "both_s": seconds})
            print(line([f"{title}, {what}", f"{1e3 * plain:.1f}", f"{1e3 * seconds:.1f}", f"{seconds / plain:.2f}", f"{1e6 * seconds / 10000:.1f}"]), flush=True)
    head(["the Hessian times one direction of all 85 numbers", "forwards, ms", "with the product, ms", "ratio", "us / step"])
    for title, model in [("delays", MODEL), ("no delays", without)]:
        plain, seconds = forwards(bench, model), hessian(bench, model)
        results.append({"model": title, "what": "Hessian product", "forwards_s": plain, "both_s": seconds})
        print(line([title, f"{1e3 * plain:.1f}", f"{1e3 * seconds:.1f}", f"{seconds / plain:.2f}", f"{1e6 * seconds / 10000:.1f}"]), flush=True)
    compiled = run_json([bench.bdc, "grad", MODEL, "--json", "--no-cache"], env=bench.environment)["compile_s"]
    print(f"\ncompilation {1e3 * compiled:.0f} ms\n")
    return {"runs": results, "compile_s": compiled}
