# 每晚把生效的决定与今天依法应得的相比。
help-drift = 今天依法应得与生效决定的差异：动态管理的工作清单
    .record = 留存当晚的清单；须同时用 --as
    .on = 按哪一天的法律和事实比对；不写就是今天
    .after-help = 不带子命令时只计算和显示，不写入。
      minsheng drift --db URL
      minsheng drift --db URL --record --as officer-1
      minsheng drift work-off 12 13 --db URL --as clerk-lucheng-1
help-drift-list = 留存的清单：待处理的、复核中的、已注明理由不处理的
    .state = 只看一种状态：waiting、review、dismissed 或者 cleared
help-drift-work-off = 对清单各条开始复核，各按自己的原因
    .entries = 清单条目的编号
    .all = 本辖区内所有待处理且有案件的条目
help-drift-dismiss = 注明理由，不处理清单条目；事实再变之前有效
    .entries = 清单条目的编号
    .reason = 为什么不处理

drift-would-stop = 应停发
drift-would-lower = 应减发
drift-would-raise = 应增发
drift-members-differ = 人员不同
drift-undetermined = 证据不足
drift-served-twice = 重复享受
drift-may-qualify = 可能符合条件
drift-erased = 档案已删除
drift-alone = 单人申请：{ $persons }
drift-state-waiting = 待处理
drift-state-review = 已开始复核
drift-state-dismissed = 不处理
drift-state-cleared = 已消除
drift-cleared-decided = （已决定）
drift-cleared-ended = （案件已终止）
drift-cleared-facts = （事实已恢复）
drift-cleared-changed = （差异已变）
drift-cleared-applied = （家庭已申请）
drift-summary = { $on }：比对保障中案件 { $cases } 件、没有案件的家庭 { $households } 户；有差异 { $count } 条
drift-recorded = { $on } 第 { $run } 次比对：案件 { $cases } 件、没有案件的家庭 { $households } 户；新增 { $opened } 条，消除 { $cleared } 条，仍有 { $holding } 条
drift-unchanged = 自 { $on } 第 { $run } 次比对以来没有变化：仍有 { $holding } 条；没有写入
drift-opened = 开始复核 { $count } 件
drift-dismissed = 不处理 { $count } 条
drift-record-as = 留存的比对须写明由谁进行
drift-record-as-hint = 加上 --as 用户，须为全县的经办、复核或者管理员
stage-drift = 比对决定与法律
column-drift = 差异
column-in-force = 生效金额
column-by-law = 依法金额
column-drift-why = 原因
column-entry = 条目
column-found = 发现日期
