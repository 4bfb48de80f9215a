# case
case-unknown = 没有案件 `{ $case }`
case-unknown-hint = `minsheng case list` 列出案件；可写 C000123 或案号
case-now = { $case }  { $number }  { $state }
case-about = { $programme }，家庭 { $household }，申请人 { $applicant }，{ $applied } 申请，依据 { $law }
case-opinion = { $case }：意见为{ $opinion }
case-decided = { $case }：决定 { $decision }：{ $kind }，自 { $month } 起
case-total = { $month } 合计 { $total } 元
opinion-admit = 予以保障
opinion-refuse = 不予保障
decision-grant = 予以确认
decision-refuse = 不予确认
decision-adjust = 调整
decision-keep = 维持不变
decision-stop = 停发
notice-posted = 公示 { $notice }：{ $first } 至 { $last }；{ $forward } 起可进入下一步
notice-title = 公示，{ $first } 至 { $last }
notice-unknown = 本区域没有公示 { $notice }
notice-unknown-hint = 公示编号在张贴时已输出
cause-unknown = `{ $cause }` 不是复核事由
cause-unknown-hint = 应为 { $known } 之一
word-late = 逾期

# pay
batch-now = { $batch }：{ $state }，{ $lines } 笔，{ $total } 元
batch-exported = 银行文件 { $file }
batch-settled = 入账 { $credited } 笔 { $creditedsum } 元，退汇 { $returned } 笔 { $returnedsum } 元
run-report = { $month }：{ $changed } 项应发为新增或有变化
run-recoveries = 新立 { $count } 项追缴：`minsheng pay recoveries`
run-held = { $count } 户暂缓发放，原因见 `minsheng pay held`
run-nothing = 没有应发未发的款项，未生成批次
folder-unmakeable = 无法建立或清理目录 { $folder }
settlement-entered = 追缴 { $recovery } 的记录 { $event }；由复核人员确认后生效：`minsheng pay confirm recovery { $event }`
appropriation-entered = 拨款 { $appropriation }；由复核人员确认后入账：`minsheng pay confirm appropriation { $appropriation }`
closing-entered = 退还 { $event } 的了结 { $closing }；由复核人员确认后生效：`minsheng pay confirm closing { $closing }`
closing-assigned = { $amount } 元抵追缴 { $recovery }
closing-refund = { $amount } 元退回缴款人
entry-confirmed = 已确认 { $entry }
state-frozen = 已冻结
state-checked = 已复核
state-released = 已签发
state-exported = 已导出
state-settled = 已结清
state-rejected = 已退回
state-open = 未结
state-credited = 已入账
state-returned = 退汇
state-cancelled = 已取消
state-repaid = 已退还
state-written_off = 已核销
state-withdrawn = 已撤销

# explain
explain-title = { $household }  { $month }
explain-known = 截至 { $at } 所知（事务 { $tx }）
explain-case = { $programme }  { $case }  依据 { $law }：{ $outcome }
explain-decision = 决定 { $decision }（{ $kind }），{ $day } 由 { $by } 作出，自 { $month } 起执行
explain-death = { $day } 死亡，份额终止
explain-total = 合计 { $total } 元
explain-trace = 认定过程：
explain-entitled = 发放计算所存的应发：
explain-not-entitled = 无
explain-paid = 已发：
explain-not-paid = 无
explain-paid-total = 银行已入账：{ $total } 元
state-outcome-entitled = 享受待遇
state-outcome-ended = 已终止
state-outcome-refused = 不予确认
state-outcome-stopped = 已停发
state-outcome-not-yet = 已确认，以后月份起享受
state-outcome-undecided = 尚未决定
state-outcome-no-case = 没有案件

# verify
verify-clean = 无误
verify-not-clean = 有误
verify-records = 记录：{ $tables } 张表，{ $rows } 行，{ $transactions } 个事务：{ $verdict }
verify-books = 发放账目，以及应发和认定的重新推算：{ $verdict }
verify-head = 审计链止于事务 { $tx }，散列值 { $hash }；请将此行另存于数据库之外
verify-exempt = 不在核验之列：{ $table }（{ $reason }）
verify-exempt-audit-head = 它就是审计链的链尾，已与审计链本身比对
verify-unproven = 无法核验：{ $reason }
verify-failed = 发现 { $count } 处问题
verify-failed-hint = 未作任何改动；上面各行写明表和行。请与备份比对，并查明谁接触过数据库
word-differs = 否

# demo
stage-plan = 按种子生成演示县
stage-month = 办理 { $month }
stage-yearbook = 编制年鉴
demo-exists-hint = `--force` 删除后重新生成；或用 `--dir`、`--db` 另选位置
demo-people = { $households } 户 { $persons } 人，申请 { $applications } 件
demo-cases = 全年不予确认 { $refusals } 件，撤回 { $withdrawn } 件，异议 { $objections } 件，死亡 { $deaths } 人，新增 { $entries } 件，停发 { $stopped } 件
demo-payments = 发放 { $batches } 批，入账 { $credited } 笔，退汇 { $returned } 笔，追缴 { $recoveries } 项
demo-time = { $url }，种子 { $seed }，用时 { $seconds } 秒
demo-agrees = 各项数据与公布数一致。
demo-disagrees = 有数据与公布数不一致。
demo-differs = 与公布数不一致的数据：{ $ids }
demo-differs-changed = 本次用 --change 改动了演示县，理应不同；不改动则一致
demo-differs-hint = `minsheng figure 编号` 可打开各项数据的记录
demo-next =
    下一步：
      minsheng figure A18 --db { $url }
      minsheng explain --household H000001 --month { $year }-05 --db { $url }
      minsheng case list --db { $url }
      minsheng pay list --db { $url }
      minsheng verify --db { $url }

# 列名
column-class = 档次
column-village = 村（社区）
column-members = 人数
column-day = 日期
column-step = 步骤
column-state = 状态
column-due = 期限
column-late = 逾期
column-case = 案件
column-number = 案号
column-household = 家庭
column-applicant = 申请人
column-applied = 申请日
column-clock = 时限
column-batch = 批次
column-month = 月份
column-months = 月份
column-term-months = 月数
column-lines = 笔数
column-line = 笔
column-made-by = 制单
column-checked-by = 复核
column-released-by = 签发
column-payee = 领款人
column-reason = 原因
column-cause = 事由
column-recovery = 追缴
column-repaid = 已退还
column-open = 未结
column-fund = 资金
column-posted = 账面
column-reserved = 占用
column-available = 可用
column-note = 说明
column-figure = 编号
column-value = 数值
column-published = 公布
column-unit = 单位
column-agrees = 一致
column-records = 记录
