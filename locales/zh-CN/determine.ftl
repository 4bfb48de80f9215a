# determine：按列存放的登记册
help-determine = 对 Parquet 登记册中的每个家庭逐月认定
    .pack = 政策包的文件夹（其中声明人口文件的列），或者若干政策包的文件夹
    .population = 存放 household.parquet 和 person.parquet 的文件夹，两者都按家庭排序
    .from = 第一个月
    .to = 最后一个月
    .out = 在这个文件夹写出 amounts.parquet：有金额的每个家庭、项目和月份一行
    .threads = 线程数；不写就用全部处理器核
    .no-reuse = 每个月都全部重算，几个月相同的部分也不例外
    .summary = 合计的打印形式
stage-determine = 正在认定登记册
determine-months = 从 { $from } 到 { $to } 没有月份
determine-months-hint = 先写第一个月，再写最后一个月：--from 2021-01 --to 2021-12
determine-by-reference = { $programme } 逐户计算，用时较长：{ $why }
determine-undetermined = { $count } 项结论（家庭、项目、月份）因缺少事实未定，没有计入合计
determine-done = { $households } 户，{ $persons } 人。
