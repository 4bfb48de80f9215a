# 演示。
demo-drift = 差异比对：{ $nights } 次；发现 { $found } 条，已复核 { $reviews } 条，注明理由不处理 { $dismissed } 条，未处理 { $waiting } 条
demo-unfinished = note: 这个演示没有做完，全年数据不完整
    hint: 用 `minsheng demo --force` 重新生成
demo-campaign = 专项治理：对象 { $targets } 户；保留 { $kept }，提高 { $raised }，降低 { $lowered }，退出 { $exited }，新增 { $entered }
