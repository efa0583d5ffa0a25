"""What is done each minute, hour or day, by a clock that somebody sets.

procrastinate goes on from the moment it was at last. After a clock was set back that is still to come, and nothing would be done until then;
after one was set forward it would ask for each minute in between.
"""

from procrastinate import periodic


class SteadyDeferrer(periodic.PeriodicDeferrer):
    def get_previous_tasks(self, at):
        for task, seen in list(self.last_defers.items()):
            if not 0 <= at - seen <= self.max_delay:
                del self.last_defers[task]  # it begins anew: with what was due within the last ten minutes
        return super().get_previous_tasks(at)


def keep_steady():
    """Every worker of this process goes by it."""
    periodic.PeriodicDeferrer = SteadyDeferrer
