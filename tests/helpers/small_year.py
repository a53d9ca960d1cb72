"""A small invented year of other offices, whose figures are nobody else's."""

SMALL = """
seed = 7
year = 2031

[[office]]
code = "620500"
name = "天水市总工会"
role = "city"

[[office]]
code = "620502"
name = "秦州区总工会"
role = "county"
share = 3

[[office]]
code = "620503"
name = "麦积区总工会"
role = "county"

[[batch]]
ledger = "employer"
n = 12
set = { has_union = true, union_formed_on = "2020-05-06" }
spread = { n_workers = 700 }

[[batch]]
ledger = "contract"
per = { employers = "employer" }
n = { 620502 = 5, 620503 = 2 }
mix = { type = [["wage", 3], ["comprehensive", 4]] }
dates = { signed_on = ["2031-03-03", "2031-05-30"] }
after = { effective_on = ["signed_on", 20, 25], expires_on = ["effective_on", 364, 364] }
take = { n_workers = "employers.n_workers" }
text = { name = "{employers.name}" }

[[batch]]
ledger = "petition"
n = 9
dates = { registered_on = ["2031-01-06", "2031-08-29"] }
after = { accepted_on = ["registered_on", 0, 9], replied_on = ["accepted_on", 5, 50], closed_on = ["replied_on", 0, 9] }
steps = ["accept", "reply", ["close", "satisfaction"]]
fill = ["resident_id", "satisfaction"]
"""
