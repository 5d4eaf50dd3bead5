// The look-alike library has one script for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
