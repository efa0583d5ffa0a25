#!/bin/sh
# Once, when the primary is made: a slot that keeps for the replica what it has not fetched yet, and its way in.
set -e
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --command "SELECT pg_create_physical_replication_slot('replica')"
echo "host replication $POSTGRES_USER all scram-sha-256" >> "$PGDATA/pg_hba.conf"
