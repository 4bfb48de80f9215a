# 多个命令共用的词句。
heading-usage = 用法
heading-commands = 命令
heading-options = 选项
heading-arguments = 参数
hint-help = `{ $command } --help` 说明该命令的参数
hint-usage = `minsheng --help` 列出全部命令；命令后加 `--help` 说明其参数
usage-no-command = 没有命令 `{ $found }`
usage-no-argument = 没有参数 `{ $found }`
usage-missing = 缺少：{ $missing }
usage-no-value = `{ $argument }` 没有写值
usage-wrong-value = `{ $argument }` 的值 `{ $value }` 不对
usage-conflict = `{ $one }` 和 `{ $other }` 不能同时写
usage-near = 最接近的是 `{ $near }`
usage-one-of = 应为其中之一：{ $known }
usage-like-household = 家庭写作 H000123
usage-like-person = 人员写作 P000123
usage-like-month = 月份写作 2021-05
usage-like-date = 日期写作 2021-05-01
usage-like-yuan = 金额以元计，写作 2100 或 2100.50
usage-like-number = 写编号，只用数字
usage-like-year = 年份写作 2021
help-default = [默认 { $value }]
help-possible = [可写 { $values }]
word-yes = 是
word-no = 否
word-household = 家庭
word-person = 个人
file-unreadable = 无法读取 { $file }
database-missing = 数据库 { $url } 不存在
database-missing-hint = 用 `minsheng demo` 生成演示县，或用 `minsheng init --db URL` 建立空库
database-exists = { $url } 已经是一个数据库
database-exists-hint = 请换一个名称；本命令绝不覆盖已有数据库
at-not-rehearsal = `--at` 只用于演练库，而这是正式库
at-not-rehearsal-hint = 请去掉 `--at`；要演练，请用 `minsheng init --rehearsal` 或 `minsheng demo` 另建一库
time-unreadable = `{ $text }` 不是时间
time-unreadable-hint = 写作 2021-05-01、2021-05-01T10:30（北京时间）或 2021-05-01T02:30:00Z

# init、user、register、evidence、account
init-authority = { $authority } 不是县级机关
init-done =
    { $url } 已建立：行政区划 { $divisions } 个，项目 { $programmes } 个，管理员 `{ $admin }`。
init-key = 密钥在 { $folder }。请在别处另存一份：没有它，身份号码、账号和健康信息再也无法读出。
init-next =
    下一步：
      minsheng user add clerk --name 姓名 --role township_clerk --division 513301001 --db { $url } --as { $admin }
      minsheng register --template > household.toml
division-name = { $place }：名称为空
division-file-hint = 各列为 code,name,valid_from：12 位代码、名称、日期（如 2020-11-01）
user-added = 已增加用户 { $user }
user-deactivated = 用户“{ $user }”已停用，不能再办理任何事项；以前的记录保留
user-activated = 用户“{ $user }”已重新启用
account-added = 已录入 { $person } 的账户 { $account }；由另一用户确认后方可发放：`minsheng account confirm { $account }`
account-confirmed = 已确认 { $count } 个账户，自下一批次起使用
evidence-unknown-kind = `{ $kind }` 不是任何项目采用的{ $whose }证据
evidence-unknown-kind-hint = 可用的有 { $known }
evidence-needs = 缺少 { $field }
evidence-wrong = { $place }：{ $kind }（{ $label }）：{ $what }
evidence-wrong-hint = 依据 { $cite }
evidence-whom = 证据应属于一户家庭或一个人
evidence-whom-hint = 请给出 --household H000123 或 --person P000123 之一
evidence-added = 证据 { $row }：{ $kind }，自 { $from } 起
evidence-closed = { $kind } 自 { $from } 起不再成立
evidence-withdrawn = 证据 { $row } 已撤回；按此前所知仍可查阅
register-done = 已登记 { $household }
register-form-hint = `minsheng register --template` 输出一份可填写的完整表格
register-member-needs = { $place }：缺少 { $field }
register-amount = { $place }：`{ $found }` 不是金额
register-amount-hint = 整元写作 2100，有小数时加引号写作 "2100.50"；金额不经过浮点数
register-twice = { $place }：{ $kind } 在同一时段重复填写
register-twice-hint = 保留其中之一，或为前一项写明 `to`
register-day = { $place }：`{ $found }` 不是日期
register-day-hint = 写作 2021-03-01

# policy
policy-checked = { $authority }：{ $files } 个文件，无错误。项目：{ $programmes }。散列值 { $hash }
policy-broken = 政策包有 { $count } 处错误
policy-broken-hint = 上面各行写明文件、行和列；改正后再运行 `minsheng policy check`
policy-tested = 算例通过 { $passed } 个，未通过 { $failed } 个
policy-no-examples = 政策包里没有算例
policy-no-examples-hint = 请写 ```toml example 段；没有算例的规则未经证明
policy-examples-failed = { $failed } 个算例未通过
policy-examples-failed-hint = 规则或预期结果有一方错误；请与所引条文核对
policy-show-hint = `minsheng policy show 项目` 输出该项目的手册页
policy-unknown-programme = 没有项目 `{ $code }`
policy-unknown-programme-hint = 现有项目：{ $known }
policy-empty-folder = { $folder } 里没有政策包
policy-empty-folder-hint = 该目录应含 cn/、cn-51/ 等子目录及 Markdown 文件，如 policies/

# yearbook、figure
compare-unknown = 文件中有 { $count } 项数据尚无定义，未作对照
figures-differ = 与文件不一致的数据：{ $ids }
figure-missing = —（{ $reason }）
figure-value = { $value } [{ $unit }]
figure-published = 公布：{ $value }
figure-cite = 原句：{ $cite }
figure-cite-of = { $year } 年鉴中出自：{ $cite }
figure-records = 记录：{ $count } 条
figure-more = …… 另有 { $count } 条；`--format csv` 输出全部

# 列名
column-programme = 项目
column-name = 名称
column-laws = 依据
column-user = 用户
column-roles = 角色
column-division = 区划
column-active = 启用
find-nobody = 辖区内没有登记 `{ $words }`；姓名须写全
column-sex = 性别
column-birth = 出生日期
column-id-number = 身份证号
column-person = 人员
column-relation = 关系
column-account = 账户
column-account-number = 账号
column-row = 行
column-kind = 种类
column-slot = 分项
column-code = 代码
column-quantity = 数量
column-yuan = 元
column-from = 起
column-to = 止
column-recorded = 记录
column-superseded = 取代
column-source = 来源
