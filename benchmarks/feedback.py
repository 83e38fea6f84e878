"""What 100,000 rated reviews say, aspects and groups of words included, against tf-idf and logistic regression alone.

``python -m benchmarks feedback [reviews]``. The reviews are made: clauses of two sides between others, and a tenth of
the ratings turned, so that neither learns everything.
"""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.measure import in_turns, report

N = 100_000
GLAD = ("味道很好", "配送很快", "服务态度好", "分量足", "包装干净", "great value", "fast delivery")
SAD = ("配送太慢了", "味道一般", "客服不理人", "包装破了", "太贵了", "arrived late", "poor quality")
MIDDLE = ("第二次买", "给同事带的", "中午点的", "在公司收到", "和上次一样", "红色那款", "大份的")


def reviews(n: int) -> Any:
    """Return rated reviews of n / 5 customers."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    side, picks = rng.random(n) < 0.5, rng.integers(0, 7, (n, 4))
    texts = [
        "，".join((GLAD if one else SAD)[place] if number < 2 else MIDDLE[place] for number, place in enumerate(row))
        + f"，订单{count}"
        for count, (one, row) in enumerate(zip(side, picks, strict=True))
    ]
    people = [f"c{count % (n // 5):06}" for count in range(n)]
    ratings = np.where(side ^ (rng.random(n) < 0.1), 5, 1)
    return pd.DataFrame({"customer id": people, "review date": "2024-05-01", "rating": ratings, "review": texts})


def alone(texts: list[str], glad: Any) -> Any:
    """Learn and tell by the library's own parts, once."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    return make_pipeline(words, LogisticRegression(C=4.0, max_iter=1000)).fit(texts, glad).predict_proba(texts)


def main() -> None:
    """Print the ratio, and how often each was right."""
    from analysis.predict.feedback.feedback import feedback
    from analysis.predict.feedback.params import FeedbackParams
    from analysis.study import begin, read

    n = next((int(word) for word in sys.argv[1:] if word.isdigit()), N)
    frame = reviews(n)
    found = begin(read(frame)).prepared()
    texts, glad = list(frame["review"]), (frame["rating"] == 5).to_numpy()
    calls = {
        "what people say": lambda: feedback(found.standard, found.profiles, FeedbackParams()),
        "tf-idf and logistic alone": lambda: alone(texts, glad),
    }
    told = feedback(found.standard, found.profiles, FeedbackParams())
    print(told.by, told.accuracy)
    report(in_turns(calls, runs=3, warm_up=0), ours="what people say")


if __name__ == "__main__":
    main()
