"""Puts the results of a run into docs: its JSON, plots of it, and the tables of PERFORMANCE.md."""
import json
import pathlib

import plots
import table

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- figures: written by tests/bench/run.sh --publish -->", "<!-- end of figures -->"


def between_markers(page, figures):
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise SystemExit(f"PERFORMANCE.md must have one line {BEGIN} and one {END}")
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n{figures}\n\n{END}{rest.split(END)[1]}"


def compact(results):
    """A scenario a line."""
    scenarios = ",\n".join(f"  {json.dumps(name)}: {json.dumps(one)}" for name, one in results["scenarios"].items())
    rest = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in results.items() if key != "scenarios")
    return f"{{\n{rest},\n \"scenarios\": {{\n{scenarios}\n }}\n}}\n"


def publish(results, docs=DOCS):
    folder = docs / "plots"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    drawn = {name: plots.plot(scenario) for name, scenario in results["scenarios"].items()}
    for name, picture in drawn.items():
        if picture:
            (folder / f"{name}.svg").write_text(picture)
    (folder / "figures.json").write_text(compact(results))
    page = docs / "PERFORMANCE.md"
    figures = table.markdown(results, {name for name, picture in drawn.items() if picture})
    page.write_text(between_markers(page.read_text(), figures))
