"""page_of_forward.py BDC PAGE FOLDER: the commands of the section on forward mode print the lines that follow them there."""
import pathlib
import subprocess
import sys

bdc, page, folder = sys.argv[1:]
section = pathlib.Path(page).read_text().split("## Forward mode")[1].split("\n## ")[0]
blocks = [block.split("\n") for block in section.split("\n\n") if block.startswith("    $ bdc ")]
for command, *expected in blocks:
    printed = subprocess.run([bdc, *command.split()[2:]], cwd=folder, capture_output=True, text=True).stdout.split("\n")
    for line in expected:
        if line.strip() not in [each.strip() for each in printed]:
            sys.exit(f"{command}: {line!r} is not among {printed}")
print(f"{len(blocks)} commands print what the page shows")
