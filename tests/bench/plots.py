"""Plots of results, as SVG text: a bar for each who took part, with the least and the most of the rounds."""
import html
import math

import table

WIDTH, LABEL, VALUE, ROW, TOP = 760, 250, 110, 30, 62
FONT = "font-family='system-ui, sans-serif'"
OURS, OTHERS, BARE, LINE, INK = "#1f6feb", "#9aa4b2", "#c9d1d9", "#57606a", "#24292f"
STEEP = 40  # times: beyond it the scale is logarithmic


class Scale:
    def __init__(self, values, width):
        positive = [value for value in values if value > 0] or [1]
        self.most, self.width = max(positive), width
        self.log = self.most / min(positive) > STEEP
        self.least = min(positive) / 2

    def __call__(self, value):
        if value <= 0:
            return 0
        if self.log:
            return self.width * math.log(value / self.least) / math.log(self.most / self.least)
        return self.width * value / self.most


def colour(who):
    return OURS if who.startswith("ptyd") else BARE if who.startswith(("raw", "start")) else OTHERS


def text(x, y, words, size=13, anchor="start", ink=INK):
    place = f"x='{x:.0f}' y='{y:.0f}' font-size='{size}' text-anchor='{anchor}' fill='{ink}'"
    return f"<text {place}>{html.escape(words)}</text>"


def bar(y, height, scale, found, fill):
    low, median, high = scale(found["low"]), scale(found["median"]), scale(found["high"])
    middle = y + height / 2
    made = [f"<rect x='{LABEL}' y='{y:.0f}' width='{max(median, 1):.1f}' height='{height}' rx='2' fill='{fill}'/>"]
    if high - low > 1:
        made.append(f"<path d='M{LABEL + low:.1f} {middle:.1f}H{LABEL + high:.1f}' stroke='{LINE}' stroke-width='1.5'/>")
    return "".join(made)


def plot(scenario):
    """None: nothing of it can be compared in a plot."""
    metrics = list(scenario["metrics"].items())
    keys = [key for key, metric in metrics if metric["unit"] == metrics[0][1]["unit"]][:2]
    rows = [(who, [one["metrics"][key] for key in keys if key in one["metrics"]])
            for who, one in scenario["series"].items()]
    rows = [(who, found) for who, found in rows if found]
    if len(rows) < 2 or table.is_wide(scenario):
        return None
    ends = [value for _, found in rows for one in found for value in (one["low"], one["high"])]
    scale = Scale(ends, WIDTH - LABEL - VALUE)
    height = TOP + ROW * len(rows) + 14
    first = metrics[0][1]
    words = " and ".join(scenario["metrics"][key]["title"] for key in keys)
    legend = f"{words}, {first['unit']}: {'more' if first['more'] else 'less'} is better" + (
        "; logarithmic scale" if scale.log else "")
    made = [f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height}' "
            f"viewBox='0 0 {WIDTH} {height}' {FONT}>", "<rect width='100%' height='100%' fill='#ffffff'/>",
            text(14, 24, scenario["title"], 15), text(14, 44, legend, 12, ink=LINE)]
    for number, (who, found) in enumerate(rows):
        y = TOP + ROW * number
        made.append(text(LABEL - 8, y + 15, who, anchor="end"))
        for at, one in enumerate(found):
            made.append(bar(y + 2 + 11 * at, 20 if len(found) == 1 else 9, scale, one, colour(who)))
        right = LABEL + max(scale(one["high"]) for one in found) + 6
        words = " / ".join(table.number(one["median"]) for one in found)
        made.append(text(min(right, WIDTH - VALUE + 6), y + 17, words, 12))
    return "\n".join([*made, "</svg>\n"])
