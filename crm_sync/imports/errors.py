"""Every way a file can be refused as a whole, with what to do about it. Rows are refused one by one in rules.py."""

from __future__ import annotations

from callcenter.kit.errors import AppError


class FileMissing(AppError):
    code, status = "import_file_missing", 422
    zh = "找不到文件“{name}”，或没有读取权限。请检查路径后重试。"
    en = "There is no file '{name}', or it may not be read. Check the path and try again."


class EmptyFile(AppError):
    code, status = "import_empty_file", 422
    zh = "文件“{name}”是空的。请选择含有标题行和客户数据的 CSV 或 xlsx 文件。"
    en = "The file '{name}' is empty. Choose a CSV or xlsx file with a heading row and customers below it."


class NoRows(AppError):
    code, status = "import_no_rows", 422
    zh = "文件“{name}”只有标题行（{headings}），没有客户数据。请在标题行下面填写客户，每行一位。"
    en = (
        "The file '{name}' has only its heading row ({headings}) and no customers. "
        "Put one customer on each row below it."
    )


class NoHeadings(AppError):
    code, status = "import_no_headings", 422
    zh = "第 {row} 行看起来是数据（{seen}），而不是标题。请在最上面加一行标题，例如：姓名、手机号码、城市。"
    en = (
        "Row {row} looks like data ({seen}), not like headings. "
        "Add a heading row at the top, for example: Name, Mobile, City."
    )


class NoPhoneColumn(AppError):
    code, status = "import_no_phone_column", 422
    zh = (
        "没有找到电话号码列。文件中的标题是：{headings}。请把电话列的标题改为“手机号码”，或在列对应中指定哪一列是电话。"
    )
    en = (
        "No column with phone numbers was found. The headings are: {headings}. "
        "Name the phone column 'Mobile', or say in the column mapping which one it is."
    )


class WrongEncoding(AppError):
    code, status = "import_wrong_encoding", 422
    zh = (
        "无法识别文件编码：既不是 UTF-8，也不是 GB18030。按 {encoding} 读取时，第 {line} 行（第 {position} 个字节）"
        "的字节 0x{byte} 不合法。请在 Excel 中另存为“CSV UTF-8（逗号分隔）”后重新上传。"
    )
    en = (
        "The file's encoding is neither UTF-8 nor GB18030: read as {encoding}, byte 0x{byte} on line {line} "
        "(byte {position} of the file) is not valid. Save it as 'CSV UTF-8' and upload it again."
    )


class Utf16(AppError):
    code, status = "import_wrong_encoding", 422
    zh = (
        "文件编码是 UTF-16（“Unicode 文本”），首字节 0x{byte}（第 {line} 行）。"
        "请另存为“CSV UTF-8（逗号分隔）”后重新上传。"
    )
    en = (
        "The file is UTF-16 ('Unicode text'): its first byte is 0x{byte} (line {line}). "
        "Save it as 'CSV UTF-8' and upload it again."
    )


class NotAList(AppError):
    code, status = "import_unknown_format", 422
    zh = "“{name}”不是 CSV 文本，也不是 xlsx 工作簿（{what}）。请另存为 xlsx 或“CSV UTF-8”后重新上传。"
    en = (
        "'{name}' is neither CSV text nor an xlsx workbook ({what}). "
        "Save it as xlsx or 'CSV UTF-8' and upload it again."
    )


class OldExcel(AppError):
    code, status = "import_old_excel", 422
    zh = "“{name}”是旧版 Excel 格式（xls）。请在 Excel 中打开它，另存为 xlsx 后重新上传。"
    en = "'{name}' is in the old Excel format (xls). Open it in Excel, save it as xlsx and upload it again."


class ProtectedWorkbook(AppError):
    code, status = "import_protected", 422
    zh = "“{name}”设有打开密码，无法读取。请去掉密码后重新上传。"
    en = "'{name}' is protected by a password and cannot be read. Remove the password and upload it again."


class UnreadableWorkbook(AppError):
    code, status = "import_unreadable_workbook", 422
    zh = "无法读取工作簿“{name}”，文件可能已损坏或上传不完整。请在 Excel 中打开并另存为 xlsx 后重新上传。"
    en = (
        "The workbook '{name}' cannot be read; it may be damaged or cut off. "
        "Open it in Excel, save it as xlsx again and upload that."
    )


class FormulasWithoutValues(AppError):
    code, status = "import_formulas", 422
    zh = (
        "工作表“{sheet}”中有 {count} 个公式没有保存计算结果（第一个在 {cell}）。"
        "请在 Excel 中打开并保存，或把公式“选择性粘贴为数值”后重新上传。"
    )
    en = (
        "Sheet '{sheet}' has {count} formulas without a saved result (the first in {cell}). "
        "Open and save it in Excel, or paste the formulas as values, and upload it again."
    )


class MergedCells(AppError):
    code, status = "import_merged_cells", 422
    zh = "工作表“{sheet}”的标题或数据区有合并单元格（{cells}），无法逐行读取。请取消合并并填好每一行后重新上传。"
    en = (
        "Sheet '{sheet}' has merged cells among its headings or customers ({cells}), so rows cannot be told apart. "
        "Unmerge them, fill in each row and upload it again."
    )


class NoSuchSheet(AppError):
    code, status = "import_no_such_sheet", 422
    zh = "工作簿中没有名为“{sheet}”的工作表。现有工作表：{sheets}。请选择其中之一。"
    en = "There is no sheet named '{sheet}'. The workbook has: {sheets}. Choose one of them."


class TooManyColumns(AppError):
    code, status = "import_too_many_columns", 422
    zh = "文件有 {count} 列，最多允许 {limit} 列。请删去不需要的列后重新上传。"
    en = (
        "The file has {count} columns; at most {limit} are allowed. "
        "Remove the columns you do not need and upload it again."
    )


class TooManyRows(AppError):
    code, status = "import_too_many_rows", 422
    zh = "文件超过 {limit} 行。请拆分成几个文件分别导入。"
    en = "The file has more than {limit} rows. Split it and import the parts one by one."


class TooLarge(AppError):
    code, status = "import_too_large", 413
    zh = "文件过大（{size} MB，上限 {limit} MB）。请拆分成几个文件，或删去不需要的列。"
    en = "The file is too large ({size} MB; the limit is {limit} MB). Split it, or remove the columns you do not need."


class BrokenCsv(AppError):
    code, status = "import_broken_csv", 422
    zh = "第 {line} 行起的 CSV 格式有误：引号没有成对出现，后面的行无法可靠读取。请更正该行的引号后重新上传。"
    en = (
        "The CSV is broken from line {line} on: a quotation mark has no partner, so the rows after it "
        "cannot be trusted. Correct the quotes there and upload it again."
    )


class DuplicatedMapping(AppError):
    code, status = "import_duplicated_mapping", 422
    zh = (
        "有多列（{headings}）都对应到“{label_zh}”。每个字段只能对应一列，"
        "请只保留一列，其余改为“保留为附加信息”或“忽略”。"
    )
    en = (
        "Several columns ({headings}) are mapped to '{label_en}'. One field takes one column: keep one, "
        "and set the others to 'keep as extra information' or 'ignore'."
    )


class UnknownField(AppError):
    code, status = "import_unknown_field", 422
    zh = "列“{heading}”对应的字段“{target}”不存在。可用的字段：{known}。"
    en = "Column '{heading}' is mapped to '{target}', which is no field. Fields are: {known}."


class UnknownHeading(AppError):
    code, status = "import_unknown_heading", 422
    zh = "列对应中的标题“{heading}”不在文件里。文件中的标题是：{headings}。请重新选择。"
    en = "The mapping names the heading '{heading}', which the file does not have. Its headings are: {headings}."


class UploadGone(AppError):
    code, status = "import_upload_gone", 404
    zh = "上传的文件已过期或不属于您。请重新上传。"
    en = "The uploaded file has expired or is not yours. Please upload it again."


class SourceMissing(AppError):
    code, status = "import_source_missing", 422
    zh = "请填写名单来源的名称，例如“2026春季会销名单”。以后可以按它查找这批客户。"
    en = "Give the list a name, for example 'Spring 2026 fair'. The customers it brings can be found by it later."


class UploadBusy(AppError):
    code, status = "import_upload_busy", 409
    zh = "这个文件正在导入或已经导入。请在导入记录中查看结果；如需再次导入，请重新上传。"
    en = "This file is being imported, or has been. See the list of imports for its result; upload it again to repeat."


class ErrorFileGone(AppError):
    code, status = "import_error_file_gone", 404
    zh = "这次导入没有错误文件，或错误文件已过保存期。请重新检查原文件以再次生成。"
    en = (
        "This import has no error file, or it is past its keeping time. "
        "Check the original file again to make a new one."
    )
