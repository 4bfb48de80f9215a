# 决定以后：定期核查、渐退、就业、迁移、救济、举报。

help-case-review-category = 登记多久核查一次
    .category = 类别代码
    .reason = 理由
help-case-reviews = 到期的定期核查，先到期的在前
    .due-by = 列到哪一天；默认今天

category-unknown = 待登记
column-category = 核查类别
column-since = 起算日
