-- MySQL dump 10.13  Distrib 8.4.0, for Linux (x86_64)
--
-- Host: localhost    Database: shop
-- ------------------------------------------------------
-- Server version	8.4.0

/*!50503 SET NAMES utf8mb4 */;

--
-- Position to start replication or point-in-time recovery from
--

-- CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='binlog.000004', SOURCE_LOG_POS=1157;

CREATE DATABASE IF NOT EXISTS `shop`;
USE `shop`;
CREATE TABLE `place` (
  `id` int NOT NULL,
  `at` point NOT NULL SRID 4326,
  `doc` json DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `by_city` ((cast(json_extract(`doc`,_utf8mb4'$.city') as char(40))))
) ENGINE=InnoDB;
CREATE TABLE `priced` (
  `id` int NOT NULL,
  `price` int DEFAULT NULL,
  `total` int GENERATED ALWAYS AS (`price` * 2) STORED NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;

-- Dump completed on 2024-02-29 12:34:56
