"""From what layouts propose to snapshots: one builder for every source."""
