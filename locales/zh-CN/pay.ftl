# 发放：`pay` 与 `account` 各命令的用语。
as-missing = 这是一个县的正式档案：请写明由谁查看
as-missing-hint = 请加 `--as 用户`；按该用户的辖区显示
help-account-list = 现行账户
    .unconfirmed = 只列待第二人确认的
column-holder = 户名所有人
column-entered-by = 录入人
column-confirmed-by = 确认人
line-withdrawn = 第 { $line } 行已剔除：{ $cause }（{ $reason }）
state-withdrawal-death = 冻结后得知死亡
state-withdrawal-not_entitled = 待遇已降低或终止
state-withdrawal-paid_elsewhere = 另一案件已发放
state-withdrawal-payee = 领取人已变更
state-withdrawal-account = 账户已不适用
state-taken-out = 已剔除
