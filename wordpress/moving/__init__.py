"""An import as a row: received, looked at, started, stopped, gone on with; by a command or by a worker."""
