# 文件的导入导出：清单、名册、表格。
out-needs-user = 清单带出需要留痕，须写明经办人
out-needs-user-hint = 请加 `--as 用户`
out-written = 已写入 { $rows } 行：{ $file }
file-unwritable = 无法写入 { $file }

column-movement = 变动
column-document = 凭证
column-parameter = 参数
column-cite = 依据
column-mark = 标注
column-snapshot = 名册
column-household-no = 户号
column-table = 表
column-finding = 问题
