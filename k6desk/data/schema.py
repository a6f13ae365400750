"""The tables of each file as a list of migrations. What is released is never edited: a change is a new migration.

STRICT makes the check for damage look at the type of every value.
"""

from __future__ import annotations

CACHE = (
    """
CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT NOT NULL, is_default INTEGER NOT NULL) STRICT;
CREATE TABLE tests (
    id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, name TEXT NOT NULL, created INTEGER, updated INTEGER) STRICT;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, test_id INTEGER NOT NULL, project_id INTEGER NOT NULL, status TEXT NOT NULL, result TEXT,
    created INTEGER NOT NULL, ended INTEGER, status_since INTEGER, started_by TEXT, note TEXT NOT NULL,
    is_starred INTEGER NOT NULL, max_vus INTEGER, estimated_duration_s INTEGER, execution_duration_s INTEGER,
    retention_expires INTEGER, vuh REAL) STRICT;
CREATE INDEX runs_by_created ON runs (created);
CREATE INDEX runs_by_test ON runs (test_id, created);
CREATE INDEX runs_unfinished ON runs (created) WHERE status NOT IN ('aborted', 'completed');
CREATE TABLE documents (
    kind TEXT NOT NULL, id INTEGER NOT NULL, content BLOB NOT NULL, fetched INTEGER NOT NULL,
    PRIMARY KEY (kind, id)) STRICT;
CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT
""",
    "ALTER TABLE tests ADD COLUMN baseline_run_id INTEGER",
    # Scripts are in the library now.
    "DELETE FROM documents WHERE kind IN ('run script', 'test script')",
    """
CREATE TABLE numbers (
    run_id INTEGER NOT NULL, asked TEXT NOT NULL, content BLOB NOT NULL, fetched INTEGER NOT NULL,
    PRIMARY KEY (run_id, asked)) STRICT;
CREATE TABLE failed_checks (run_id INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT
""",
)

LIBRARY = (
    """
CREATE TABLE drafts (run_id INTEGER PRIMARY KEY, base BLOB NOT NULL, text BLOB NOT NULL, saved INTEGER NOT NULL) STRICT;
CREATE TABLE actions (
    id INTEGER PRIMARY KEY, action TEXT NOT NULL, run_id INTEGER NOT NULL, run_name BLOB NOT NULL,
    begun INTEGER NOT NULL, outcome TEXT, finished INTEGER) STRICT
""",
    """
ALTER TABLE actions RENAME COLUMN run_id TO target_id;
ALTER TABLE actions RENAME COLUMN run_name TO target_name;
ALTER TABLE actions ADD COLUMN target TEXT NOT NULL DEFAULT 'run';
ALTER TABLE actions ADD COLUMN after INTEGER;
CREATE TABLE replaced_scripts (
    id INTEGER PRIMARY KEY, test_id INTEGER NOT NULL, test_name BLOB NOT NULL, content BLOB NOT NULL,
    is_archive INTEGER NOT NULL, replaced INTEGER NOT NULL) STRICT
""",
    """
CREATE TABLE scripts (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, content BLOB NOT NULL, is_archive INTEGER NOT NULL) STRICT;
CREATE TABLE sightings (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, thing INTEGER NOT NULL, test_id INTEGER NOT NULL,
    test_name BLOB NOT NULL, digest BLOB NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    UNIQUE (kind, thing, digest)) STRICT;
CREATE INDEX sightings_by_test ON sightings (test_id);
CREATE INDEX sightings_by_digest ON sightings (digest);
INSERT OR IGNORE INTO scripts (digest, content, is_archive)
    SELECT sha256(content), content, is_archive FROM replaced_scripts;
INSERT OR IGNORE INTO sightings (kind, thing, test_id, test_name, digest, first, last)
    SELECT 'test', test_id, test_id, test_name, sha256(content), replaced, replaced FROM replaced_scripts;
DROP TABLE replaced_scripts;
CREATE TABLE kept_runs (
    id INTEGER PRIMARY KEY, test_id INTEGER NOT NULL, project_id INTEGER NOT NULL, status TEXT NOT NULL, result TEXT,
    created INTEGER NOT NULL, ended INTEGER, status_since INTEGER, started_by TEXT, note TEXT NOT NULL,
    is_starred INTEGER NOT NULL, max_vus INTEGER, estimated_duration_s INTEGER, execution_duration_s INTEGER,
    retention_expires INTEGER, vuh REAL, test_name BLOB NOT NULL, project_name BLOB NOT NULL, kept INTEGER NOT NULL,
    why TEXT NOT NULL, gone INTEGER) STRICT;
CREATE TABLE kept_documents (
    id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL,
    fetched INTEGER NOT NULL, UNIQUE (run_id, name)) STRICT;
CREATE TABLE unwanted_runs (run_id INTEGER PRIMARY KEY) STRICT
""",
    """
ALTER TABLE drafts ADD COLUMN problem BLOB NOT NULL DEFAULT x'';
CREATE TABLE queued_notes (
    id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL UNIQUE, run_name BLOB NOT NULL, base BLOB NOT NULL,
    text BLOB NOT NULL, saved INTEGER NOT NULL) STRICT
""",
    "CREATE TABLE baselines (test_id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL) STRICT",
)

# The search index is made anew where a migration empties it, as one must when other secrets are masked than before.
SEARCH = (
    """
CREATE TABLE scripts (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE) STRICT;
CREATE TABLE texts (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, content BLOB NOT NULL) STRICT;
CREATE TABLE members (
    text INTEGER NOT NULL, script INTEGER NOT NULL, name BLOB NOT NULL, PRIMARY KEY (text, script, name))
    STRICT, WITHOUT ROWID;
CREATE INDEX members_by_script ON members (script);
CREATE VIRTUAL TABLE parts USING fts5(content, content='', detail=none, tokenize='trigram case_sensitive 1');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(parts, row)
""",
)
