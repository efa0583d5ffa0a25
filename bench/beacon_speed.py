"""What a beacon costs beside an empty view of the same server, and what a flood from one address does to it."""

import os
import re
import shutil
import subprocess
from statistics import median

from bench.served import served_site, web_processes

LEAST = 0.7
STATEMENTS = 10  # per 1,000 beacons at most
ROUNDS = 7
SECONDS = 4
FLOOD_SECONDS = 10
CONNECTIONS = 16
READERS = """
local n, posts = 0, {%(posts)s}
math.randomseed(%(seed)s)
request = function()
  n = n + 1
  local who = %(address)s
  local body = "post=" .. posts[n %% #posts + 1] .. "&from=" .. (n %% 3 == 0 and "www.google.com" or "news.example.org")
  return wrk.format("POST", nil, {
    ["Host"] = "%(host)s", ["Origin"] = "http://%(host)s", ["Sec-Fetch-Site"] = "same-origin", ["X-Forwarded-For"] = who,
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/" .. n .. ".0 Safari/537.36",
    ["Content-Type"] = "application/x-www-form-urlencoded;charset=UTF-8", ["Accept"] = "*/*", ["Accept-Encoding"] = "gzip, deflate, br",
  }, body)
end
"""
ANYWHERE = 'math.random(1, 223) .. "." .. math.random(0, 255) .. "." .. math.random(0, 255) .. "." .. math.random(1, 254)'


def main(database, folder, posts, standing):
    if not shutil.which("wrk"):
        print("wrk is not installed, so no speed is measured")
        return True
    is_quick = ratio(database, folder, posts)
    flood(database, folder, posts, standing)
    return is_quick


def ratio(database, folder, posts):
    """Each on a core of its own, the beacon and the empty view by turns; every beacon is of a reader not yet seen."""
    told = {"DJANGO_SETTINGS_MODULE": "bench.beacon_settings", "TRUSTED_PROXIES": "1"}
    prepared = [("collectstatic", "--noinput", "-v0")]
    with served_site(folder, prepared_by=prepared, **told) as address:
        (server,) = {
            process.pid: process for process in web_processes(address) if not process.children()
        }.values()
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            for process in web_processes(address):
                process.cpu_affinity([cores[0]])
        database.forget_statements()
        beacons = 0
        measured = {"/read/": [], "/empty/": []}
        for seed in range(ROUNDS + 1):
            for path, rounds in measured.items():
                script = written(folder, posts, address, seed=seed)
                before = sum(server.cpu_times()[:2])
                count, rate, wrong = wrk(script, address + path, SECONDS, core=cores[-1])
                busy = sum(server.cpu_times()[:2]) - before
                assert not wrong, f"{path}: {wrong} answers were no 204"
                beacons += count if path == "/read/" else 0
                rounds.append((rate, count / busy))
    statements = database.statements()
    found = {
        path: [median(column) for column in zip(*rounds[1:], strict=True)]
        for path, rounds in measured.items()
    }
    (by_clock, by_core), (empty_by_clock, empty_by_core) = found["/read/"], found["/empty/"]
    print(
        f"beacons a second and core: {by_core:,.0f}, of an empty view {empty_by_core:,.0f}: {by_core / empty_by_core:.2f}"
    )
    print(
        f"by the clock: {by_clock:,.0f} and {empty_by_clock:,.0f}: {by_clock / empty_by_clock:.2f}; load {os.getloadavg()[0]:.1f}"
    )
    print(
        f"all statements for {beacons:,} beacons of readers not yet seen: {statements * 1000 / beacons:.2f} per 1,000"
    )
    return by_core / empty_by_core >= LEAST and statements * 1000 / beacons <= STATEMENTS


def flood(database, folder, posts, standing):
    """One address with ever new browsers, as fast as it can: through the proxy, and at the web server itself."""
    before = database.query("SELECT sum(reads) FROM posts_readtotal")[0][0] or 0
    with standing(folder) as (port, servers):
        site = f"http://127.0.0.1:{port}"
        for name, address in (("through the proxy", site), ("at a web process", servers[0])):
            script = written(folder, posts[:3], site, seed=1, address='"198.51.100.7"')
            sizes = [memory(servers)]
            _, rate, wrong = wrk(script, f"{address}/read/", FLOOD_SECONDS)
            sizes.append(memory(servers))
            print(
                f"flood {name}: {rate:,.0f} a second, {wrong} answers that are no 204, memory {sizes[0]:.0f} MB, then {sizes[1]:.0f}"
            )
    after = database.query("SELECT sum(reads) FROM posts_readtotal")[0][0] or 0
    print(f"of both floods {after - before} reads count; 50 for each of two addresses and 3 posts may")


def memory(servers):
    return sum(process.memory_info().rss for address in servers for process in web_processes(address)) / 1e6


def written(folder, posts, site, *, seed, address=ANYWHERE):
    script = folder / "readers.lua"
    host = site.partition("//")[2]
    values = {"posts": ", ".join(map(str, posts)), "seed": seed, "address": address, "host": host}
    script.write_text(READERS % values)
    return script


def wrk(script, address, seconds, *, core=None):
    """(answers, a second, those that were no 2xx)."""
    pinned = [] if core is None or not shutil.which("taskset") else ["taskset", "-c", str(core)]
    command = [*pinned, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, address]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    return (
        int(re.search(r"(\d+) requests in", told)[1]),
        float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]),
        int(wrong[1]) if wrong else 0,
    )
