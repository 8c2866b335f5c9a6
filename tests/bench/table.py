"""Results as text for a terminal, and as Markdown."""


def number(value):
    if value is None:
        return "-"
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def notes(one):
    found = []
    if not one["foreign"]:
        found.append("left out, as the others took too long")
    if "exact" in one:
        found.append("every byte right" if one["exact"] else "BYTES WERE WRONG OR MISSING")
    if one["busy"]:
        found.append(f"others used {max(one['foreign']):.2f} processors")
    if "error" in one:
        found.append("failed: " + one["error"])
    return ", ".join(found)


def cell(one, key):
    found = one["metrics"].get(key)
    if found is None:
        return "-"
    spread = "" if len(found["values"]) == 1 else f" ({number(found['low'])}-{number(found['high'])})"
    return number(found["median"]) + spread


def is_wide(scenario):
    return len(scenario["metrics"]) > 3


def rows(scenario):
    """Those who took part, or what was measured of them when that is much."""
    metrics, series = scenario["metrics"], scenario["series"]
    if is_wide(scenario):
        yield ["", *series]
        for key, metric in metrics.items():
            yield [f"{metric['title']}, {metric['unit']}".strip(", "), *(cell(one, key) for one in series.values())]
        return
    first = next(iter(metrics))
    baseline = next((who for who, one in series.items() if who.startswith("dtach") and first in one["metrics"]), None)
    yield ["", *(f"{metric['title']}, {metric['unit']}".strip(", ") for metric in metrics.values()),
           *([f"times {baseline}"] if baseline else []), ""]
    for who, one in series.items():
        line = [who, *(cell(one, key) for key in metrics)]
        if baseline:
            line.append(times(one, series[baseline], first))
        yield [*line, notes(one)]


def times(one, baseline, key):
    mine, other = one["metrics"].get(key), baseline["metrics"].get(key)
    return f"{mine['median'] / other['median']:.2f}" if mine and other and other["median"] else "-"


def remarks(scenario):
    if is_wide(scenario):
        for who, one in scenario["series"].items():
            if notes(one):
                yield f"{who}: {notes(one)}"
    if scenario["missing"]:
        yield "not installed: " + ", ".join(scenario["missing"])


def mark_row(mark):
    sign = "at least" if mark["least"] else "at most"
    state = {True: "holds", False: "DOES NOT HOLD", None: f"not measured ({mark.get('why', '')})"}[mark["holds"]]
    return [mark["title"], number(mark["value"]), f"{sign} {number(mark['limit'])} {mark['unit']}".strip(), state]


def text_table(lines):
    lines = list(lines)
    widths = [max(len(line[at]) for line in lines if at < len(line)) for at in range(max(map(len, lines)))]
    return "\n".join(("  " + "  ".join(word.ljust(width) if at == 0 else word.rjust(width) if at < len(line) - 1 else word
                                       for at, (word, width) in enumerate(zip(line, widths)))).rstrip() for line in lines)


def markdown_table(lines):
    lines = list(lines)
    made = ["| " + " | ".join(word.replace("|", "/") for word in line) + " |" for line in lines]
    return "\n".join([made[0], "|" + "---|" * len(lines[0]), *made[1:]])


def scenario_text(name, scenario):
    title = f"{name}: {scenario['title']} (median of {scenario['rounds']} rounds)"
    if not scenario["series"]:
        return "\n".join([title, *("  " + remark for remark in remarks(scenario))])
    return "\n".join([title, text_table(rows(scenario)), *("  " + remark for remark in remarks(scenario))])


def marks_of_a_run(results):
    """Those of which something was measured."""
    return [mark for mark in results["marks"] if mark["holds"] is not None or
            mark["why"].split(":")[0] in results["scenarios"]]


def marks_text(results):
    marks = marks_of_a_run(results)
    if not marks:
        return "No mark is about what was measured."
    held = sum(mark["holds"] is True for mark in marks)
    return f"Marks: {held} of {len(marks)} hold\n" + text_table(["", "here", "mark", ""] if at == 0 else line
                                                               for at, line in enumerate([[], *map(mark_row, marks)]))


def machine_words(results):
    machine = results["machine"]
    return (f"{results['when']}, {results['mode']} run of {results['took_s']:.0f} s; {machine['processors']} processors "
            f"({machine['model']}), {machine['system']}; " + ", ".join(machine["versions"].values()) +
            f"; others used at most {results['foreign']:.2f} processors")


def markdown(results, plotted=()):
    parts = [machine_words(results) + ". All values are in [figures.json](plots/figures.json)."]
    if results["left_out"]:
        parts.append("Left out, as the machine was too busy: " + ", ".join(results["left_out"]) + ".")
    if results["mode"] in ("quick", "tiny"):
        parts.append("**This was a run for a first look: these figures show the form of the page and nothing else.**")
    parts += ["### Marks", markdown_table([["", "here", "mark", ""], *map(mark_row, marks_of_a_run(results))])]
    for name, scenario in results["scenarios"].items():
        parts.append(f"### {scenario['title']}")
        if name in plotted:
            parts.append(f"![{scenario['title']}](plots/{name}.svg)")
        if scenario["series"]:
            parts.append(markdown_table(rows(scenario)))
        parts.append("; ".join([f"`{name}`, median of {scenario['rounds']} rounds, with the least and the most",
                                *remarks(scenario)]) + ".")
    return "\n\n".join(parts)
