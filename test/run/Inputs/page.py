"""The blocks of a page as one model file: page.py PAGE.md MODEL.bd. Data files are named relative to the page."""
import pathlib
import re
import sys

page = pathlib.Path(sys.argv[1])
blocks = re.findall(r"^```bd\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
text = re.sub(r'load\("', f'load("{page.resolve().parent}/', "\n".join(blocks))
pathlib.Path(sys.argv[2]).write_text(text, encoding="utf-8")
