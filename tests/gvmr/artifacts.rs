//! What a release holds beside the programs: manual pages, the list of parts, and their licences.

mod licences;
mod listed;
mod manual;
mod parts;
