"""``portrait run`` on Online Retail.xlsx against a bare read of the file, and against the usual notebook way."""

from __future__ import annotations

import sys
import tempfile

from benchmarks.measure import DATA, report, script, side_by_side

BARE_READ = "import sys, pandas; pandas.read_excel(sys.argv[1], engine='calamine')"
NOTEBOOK = """
import sys, pandas as pd
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler
rows = pd.read_excel(sys.argv[1])
rows = rows.dropna(subset=["CustomerID"])
rows = rows[(rows.Quantity > 0) & (rows.UnitPrice > 0)]
rows["amount"] = rows.Quantity * rows.UnitPrice
last = rows.InvoiceDate.max() + pd.Timedelta(days=1)
rfm = rows.groupby("CustomerID").agg(
    r=("InvoiceDate", lambda d: (last - d.max()).days), f=("InvoiceNo", "nunique"), m=("amount", "sum")
)
rfm["R"] = pd.qcut(rfm.r, 5, labels=[5, 4, 3, 2, 1])
rfm["F"] = pd.qcut(rfm.f.rank(method="first"), 5, labels=[1, 2, 3, 4, 5])
rfm["M"] = pd.qcut(rfm.m, 5, labels=[1, 2, 3, 4, 5])
rfm["cluster"] = KMeans(4, n_init=10).fit_predict(StandardScaler().fit_transform(rfm[["r", "f", "m"]]))
rfm.to_excel(sys.argv[2] + "/rfm.xlsx")
"""


def main() -> None:
    """Print the times, the ratios and the peak memory."""
    file = DATA / "online_retail" / "Online Retail.xlsx"
    if not file.exists():
        print(f"skipped: {file.name} is not in PORTRAIT_SHARED_DATA")
        return
    with tempfile.TemporaryDirectory() as out:
        ours = [sys.executable, "cli.py", "run", str(file), "-o", out]
        quick = {"portrait run": ours, "pandas.read_excel(engine='calamine')": script(BARE_READ, str(file))}
        report(side_by_side(quick, runs=5), ours="portrait run")
        slow = {"portrait run": ours, "notebook (openpyxl, groupby, qcut, KMeans)": script(NOTEBOOK, str(file), out)}
        report(side_by_side(slow, runs=1, warm_up=0), ours="portrait run")


if __name__ == "__main__":
    main()
