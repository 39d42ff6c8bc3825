#!/usr/bin/python3
"""picture.py REPORT.html PICTURE.svg: the plots of a report, one below the other, as one picture for a page of the documents.

README's picture is made of README's model: write its first block to adaptive.bd, run it, and
    tools/picture.py adaptive.html docs/images/adaptive.svg
"""
import re
import sys

report, picture = sys.argv[1:]
with open(report, encoding="utf-8") as file:
    text = file.read()
style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
plots = re.findall(r'<svg viewBox="(\S+) (\S+) (\S+) (\S+)"[^>]*>(.*?)</svg>', text, re.S)
if not plots:
    sys.exit(f"{report} has no plots")
width = max(float(plot[2]) for plot in plots)
height = 0.0
parts = []
for x, y, _, plot_height, content in plots:
    parts.append(f'<g transform="translate({-float(x):g} {height - float(y):g})">{content}</g>')
    height += float(plot_height) + 12
# The page's rules for text and lines, without those for the page itself.
rules = "\n".join(rule for rule in style.splitlines() if not re.match(r"\s*(body|main|h1|\.card|\.command|table|td|figure|svg \{|figcaption|\.warning|\*)", rule))
with open(picture, "w", encoding="utf-8") as file:
    file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-family="system-ui, sans-serif">\n'
               f"<style>{rules}</style>\n" + "\n".join(parts) + "\n</svg>\n")
