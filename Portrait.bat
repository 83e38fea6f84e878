@echo off
rem Double-click to open Portrait. The first start fetches what it needs and takes a few minutes.
cd /d "%~dp0"
where uv >nul 2>nul || python -m pip install --user uv || py -m pip install --user uv
uv run portrait || python -m uv run portrait || py -m uv run portrait
if errorlevel 1 pause
