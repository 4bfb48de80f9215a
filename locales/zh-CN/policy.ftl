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
