//! What must hold before a project is rolled out: figures, and the limits that they are held against.
//!
//! Takes the text of a check file, and numbers; says what is asked and whether it holds. Measures nothing.

mod condition;
pub mod file;
mod percentile;
mod quantity;

pub use condition::{Comparison, Condition, ConditionError, FigureLimit, Operator, Slack};
pub use percentile::{least_count, percentile};
pub use quantity::{Measure, Quantity, QuantityError};
