"""Adds up what ctest, lit and the GoogleTest programs say, names what failed, and prints `N passed, N failed`.

A program that counts its own cases stands for them and not for itself, unless it failed without naming a case (a crash).
"""
import pathlib
import sys
import xml.etree.ElementTree as xml


def cases(path):
    """(name, failed, skipped) of every case in a JUnit file."""
    for case in xml.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name')}".lstrip(".")
        failed = case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail"
        skipped = case.find("skipped") is not None or case.get("status") in ("notrun", "disabled")
        yield name, failed, skipped


def main(folder):
    folder = pathlib.Path(folder)
    own = {path.stem: path for path in [*folder.glob("gtest/*.xml"), *folder.glob("lit.xml")]}
    passed, failed, skipped = 0, [], []

    def count(name, bad, left_out):
        nonlocal passed
        if bad:
            failed.append(name)
        elif left_out:
            skipped.append(name)
        else:
            passed += 1

    entries = list(cases(folder / "ctest.xml"))
    for name, bad, left_out in entries:
        # ctest's class name is the test's own name.
        name = name.split(".")[-1]
        inner = list(cases(own[name])) if name in own else []
        for case in inner:
            count(f"{name}: {case[0]}", *case[1:])
        if not inner or (bad and not any(case[1] for case in inner)):
            count(name, bad, left_out)

    for name in failed:
        print("failed:", name)
    for name in skipped:
        print("left out:", name)
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except (OSError, xml.ParseError) as error:
        sys.exit(f"the tests left no results that can be read: {error}")
