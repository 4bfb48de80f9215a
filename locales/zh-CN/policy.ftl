# policy interview
help-policy-interview = 只问仍会影响结果的问题，并说出某项目的结果；不作任何登记
    .programme = 项目代码
    .answer = 一项回答，如 persons=2 或 members.1.birth_date=1950-03-01；可重复。其余从标准输入逐行读取
    .acceptance = 受理日期；默认今天
    .month = 待遇月份，如 2021-05；默认受理当月
interview-flag = true 是 | false 否
interview-date = 日期，如 1950-03-01
interview-fen = { $unit }，整数分
interview-records = JSON 列表，每项含 { $fields }；没有则写 []
interview-none = 没有
interview-open = 回答到此为止：尚不能决定。
interview-eligible = 符合条件。
interview-refused = { $name }：{ $problem }
interview-refused-outcome = 不符合条件。
interview-undetermined = 凭能问到的事实不能决定。
interview-total = 每月合计 { $total } 元。
interview-left-open = 仍未回答，但不影响结果：{ $names }
interview-not-needed = 已回答，但不需要：{ $names }
interview-no-name = `{ $answer }` 没有说明回答的是哪个问题
interview-no-name-hint = 请写 `--answer 名称=值`，每个名称一次，如 persons=2
interview-twice = `{ $name }` 回答了两次
interview-unreadable = 无法读取标准输入
interview-failed-hint = 上述规则对这些事实没有结果

# explain --issue, --receipt
receipt-written = { $file }：凭证 { $hash }
receipt-proved-by-records = 经档案核实：{ $programme }，{ $month }，{ $hash }
receipt-proved-by-pack = 经政策包核实：{ $programme }，{ $month }，{ $hash }。事实是否与档案相符，请用 --db 核实
receipt-not-proved = { $place }：未能核实：{ $what }
receipt-hint = 凭证已被改动，或者不是当初写出的那份；`minsheng explain --issue 文件` 可重新写出
receipt-nothing = 没有可出具凭证的内容：该月没有决定，或者档案已删除
receipt-nothing-hint = 不带 --issue 运行 `minsheng explain` 可看到办理情况
policy-audited = 公布之前有 { $count } 处需要改正
policy-audited-hint = 上面各行写明文件、行和列；没有公布任何内容，政策包仍可照常读取
