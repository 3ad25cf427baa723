"""Interleaved rounds of contestants, one warm-up discarded, and their table."""

import argparse
import statistics

from servers import note


def options(seconds=4, **more):
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=seconds)
    for name, value in more.items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(value), default=value)
    return parser


def run(contestants, rounds):
    """`contestants`: name -> function that measures one load.Round. Gives name -> rounds that count."""
    results = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, measure in contestants.items():
            note(f"round {number}/{rounds}{' (warm-up)' if number == 0 else ''}: {name}")
            result = measure()
            if number > 0:
                results[name].append(result)
    return results


def median(values):
    return statistics.median(list(values))


def ratio(results, one, other, of=lambda r: r.rate):
    """The median of the per-round ratios."""
    return median(of(a) / of(b) for a, b in zip(results[one], results[other]))


def print_table(results, beside):
    """`beside`: name -> the contestant that its ratios are taken against."""
    print("| contestant | req/s | server CPU us/req | rate ratio | CPU us over | p50 ms | p99 ms | generator "
          "| errors |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, mine in results.items():
        shown_ratio = over = "-"
        if name in beside:
            shown_ratio = f"{ratio(results, name, beside[name]):.3f}"
            over = f"{median(a.cpu_us - b.cpu_us for a, b in zip(mine, results[beside[name]])):+.2f}"
        limit = " (the limit)" if median(m.load_busy for m in mine) > 0.95 and \
            median(m.server_busy for m in mine) < 0.95 else ""
        print(f"| {name} | {median(m.rate for m in mine):,.0f} | {median(m.cpu_us for m in mine):.2f} | {shown_ratio} "
              f"| {over} | {median(m.p50_ms for m in mine):.3f} | {median(m.p99_ms for m in mine):.3f} "
              f"| {median(m.load_busy for m in mine):.0%}{limit} | {sum(m.errors for m in mine)} |")
    print("\nRatios are per round, medians shown.")


def errors(results):
    return sum(r.errors for rounds in results.values() for r in rounds)
