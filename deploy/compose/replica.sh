#!/bin/sh
# A copy of the primary the first time, and from then on what the primary sends.
set -e
if [ ! -f "$PGDATA/PG_VERSION" ]; then
    rm -rf "$PGDATA"
    pg_basebackup --host primary --username informed_comment --pgdata "$PGDATA" --wal-method=stream \
        --checkpoint=fast --write-recovery-conf --slot replica
fi
exec postgres -c hot_standby=on -c hot_standby_feedback=on -c max_standby_streaming_delay=5s -c listen_addresses='*'
