# Tasks, one line each. `just` lists them.
default:
    @just --list

# open the app
app:
    uv run portrait

# everything that a change has to pass
check: test lint

test *args:
    uv run pytest {{args}}

# every property on many more examples than a usual run draws
thorough *args:
    PORTRAIT_THOROUGH=1 uv run pytest {{args}}

lint:
    uv run ruff check . && uv run ruff format --check . && uv run pyright && uv run lint-imports && uv run deptry .

format:
    uv run ruff check --fix . && uv run ruff format .

# rewrite the sample data; the result is the same on every machine
samples:
    uv run python sample_data/make.py

# all benchmarks, with ratios (docs/performance.md)
bench *args:
    uv run python -m benchmarks {{args}}

# a picture of every page in every size, language and theme, and what it does not keep to; files come after the sample
pictures folder *files:
    uv run python -m tests.browser.screens {{folder}} {{files}}

# files per room, imports against the way of the data, circles of modules
house:
    uv run python -m benchmarks.house

# known faults of the packages that the lock names; one that nothing is known of fails too
audit:
    uv export -q --no-emit-project | uvx pip-audit --strict --disable-pip -r /dev/stdin

# take the newest versions of every package and pin them in pyproject.toml
lock:
    uv lock --upgrade && uv run python -m benchmarks.pin
