"""json_answer.py COMMAND…: runs it and holds that it prints one JSON object, whose status is the exit status; says what is in it."""
import json
import subprocess
import sys

run = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
answer = json.loads(run.stdout)
assert isinstance(answer, dict), answer
assert answer["status"] == run.returncode, (answer["status"], run.returncode)
assert (answer["error"] is None) == (run.returncode in (0, 130)), answer
assert all({"kind", "severity", "message", "file", "label", "labels", "notes", "help"} <= set(each) for each in answer["diagnostics"]), answer
print(answer["status"], answer["error"], f"warnings={len(answer['warnings'])}", f"diagnostics={len(answer['diagnostics'])}", f"steps={answer.get('steps')}")
