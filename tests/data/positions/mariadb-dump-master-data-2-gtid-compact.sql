/*M!999999\- enable the sandbox mode */ 
-- CHANGE MASTER TO MASTER_USE_GTID=slave_pos;
-- CHANGE MASTER TO MASTER_LOG_FILE='mysql-bin.000001', MASTER_LOG_POS=1398;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `t` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `v` varchar(500) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `t` VALUES
(1,'a'),
(2,'CHANGE MASTER TO MASTER_LOG_FILE=\'evil\', MASTER_LOG_POS=666;'),
(3,'x\nCHANGE MASTER TO MASTER_LOG_FILE=\'evil\', MASTER_LOG_POS=666;\n-- CHANGE MASTER TO MASTER_LOG_FILE=\'evil\', MASTER_LOG_POS=667;\n');
-- SET GLOBAL gtid_slave_pos='0-1-5';
