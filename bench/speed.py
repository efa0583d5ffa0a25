"""`make bench`: what pages cost uncached at each size, and at the largest, finished pages beside a file under load.

    python -m bench speed [POSTS…]      10,000 and 100,000 unless told; 1,000,000 take twenty minutes to make, and 9 GB

Tables go to the terminal, all figures as JSON to var/bench.json. A miss of a mark ends it with exit code 1.
"""

import shutil


def main(*sizes):
    from bench import load, pages
    from bench.sites import Site

    sites = [Site(posts) for posts in sizes or (10_000, 100_000)]
    report = pages.Report()
    with pages.visitors(sites) as visitors:
        for block in pages.BLOCKS.values():
            block(report, sites, visitors)
    if shutil.which("nginx") and shutil.which("wrk"):
        load.measure(report, sites[-1])
    else:
        print("nginx and wrk are not both installed, so nothing is said of pages under load.")
    report.end()
