# SPDX-License-Identifier: MIT
"""A part of RESULTS.md and its table."""

from lab import ratio


class Section:
    """One part of RESULTS.md; goals are (name, what it stands at, reached or None)."""

    def __init__(self, title, about):
        self.title, self.about = title, about
        self.header, self.rows, self.commands, self.goals = [], [], [], []

    def add(self, contender, *cells):
        self.rows.append([contender.label, *cells])
        self.commands.append((contender.label, contender.command))

    def goal(self, name, stands, reached):
        self.goals.append((name, stands, reached))


def beside(section, contenders, rows, size=None):
    """Rows of the table: seconds, CPU, rates, memory, and the ratio of the first one to each."""
    first = contenders[0]
    section.header = ['', 'rows', 'seconds', 'CPU s', 'rows/s', 'MB/s', 'peak MB', f'{first.label} takes']
    if not size:
        section.header.remove('MB/s')
    for c in contenders:
        wall = c.median('wall')
        section.add(c, f'{rows:,}', f'{wall:.2f}', f'{c.median("cpu"):.2f}', f'{rows / wall:,.0f}',
                    *([f'{size / wall / 1e6:.0f}'] if size else []), f'{c.median("memory"):.0f}',
                    '' if c is first else f'{ratio(first, c):.3f} × its time')
