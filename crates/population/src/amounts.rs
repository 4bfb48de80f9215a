//! Writes what households receive: one row per household, programme and month with an amount.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minsheng_columnar::Results;
use minsheng_core::Month;
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use crate::error::PopulationError;

const NAME: &str = "amounts.parquet";
const SCHEMA: &str = "message amounts {
  required int64 household_id;
  required binary programme (STRING);
  required binary month (STRING);
  required int64 amount_fen;
}";

/// A file that is being written under another name.
pub(crate) struct Amounts {
    writer: SerializedFileWriter<File>,
    part: PathBuf,
    whole: PathBuf,
}

impl Amounts {
    /// Begins the file in a folder, which is made if it is not there.
    pub fn create(folder: &Path) -> Result<Amounts, PopulationError> {
        let (part, whole) = (folder.join(format!(".{NAME}.part")), folder.join(NAME));
        let begin = || -> Result<SerializedFileWriter<File>, ParquetError> {
            std::fs::create_dir_all(folder)?;
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(ZstdLevel::default()))
                .build();
            let schema = Arc::new(parse_message_type(SCHEMA)?);
            SerializedFileWriter::new(File::create(&part)?, schema, Arc::new(properties))
        };
        match begin() {
            Ok(writer) => Ok(Amounts {
                writer,
                part,
                whole,
            }),
            Err(error) => Err(PopulationError::unwritable(
                &whole.display().to_string(),
                error,
            )),
        }
    }

    /// Writes the rows of a part of the register.
    pub fn write(
        &mut self,
        household_ids: &[i64],
        results: &Results,
        months: &[Month],
        programmes: &[&str],
    ) -> Result<(), PopulationError> {
        let (mut ids, mut codes, mut days, mut fen) = (vec![], vec![], vec![], vec![]);
        for (question, month) in results.questions.iter().zip(months) {
            let month = ByteArray::from(month.to_string().as_str());
            for (answers, code) in question.programmes.iter().zip(programmes) {
                let code = ByteArray::from(*code);
                for (id, total) in household_ids.iter().zip(&answers.total) {
                    if *total != 0 {
                        ids.push(*id);
                        codes.push(code.clone());
                        days.push(month.clone());
                        fen.push(*total);
                    }
                }
            }
        }
        let group = || -> Result<(), ParquetError> {
            let mut group = self.writer.next_row_group()?;
            column::<Int64Type>(&mut group, &ids)?;
            column::<ByteArrayType>(&mut group, &codes)?;
            column::<ByteArrayType>(&mut group, &days)?;
            column::<Int64Type>(&mut group, &fen)?;
            group.close()?;
            Ok(())
        };
        let mut group = group;
        group()
            .map_err(|error| PopulationError::unwritable(&self.whole.display().to_string(), error))
    }

    /// Ends the file and gives it its name: a file of that name is whole.
    pub fn finish(self) -> Result<(), PopulationError> {
        let end = || -> Result<(), ParquetError> {
            self.writer.close()?;
            std::fs::rename(&self.part, &self.whole)?;
            Ok(())
        };
        end().map_err(|error| PopulationError::unwritable(&self.whole.display().to_string(), error))
    }
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: &[T::T],
) -> Result<(), ParquetError> {
    if let Some(mut column) = group.next_column()? {
        column.typed::<T>().write_batch(values, None, None)?;
        column.close()?;
    }
    Ok(())
}
